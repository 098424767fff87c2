using System.Globalization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Bench.Life;

/// <summary>What the timer takes for verifications that expire in the same minute, beside others that do not.</summary>
internal static class SweepBench
{
    private const int AtOnce = 64;

    /// <summary>Stores them, sweeps them, and gives a row of the table.</summary>
    public static async Task<string> RunAsync(int due, int others, bool areOpen, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("flash-sweep-").FullName;
        try
        {
            var time = new SetClock(TimeProvider.System.GetUtcNow());
            await using var host = ServiceHost.Create(new ServiceSettings
            {
                PublicAddress = "http://service.test",
                Embedded = new EmbeddedStorageOptions { DataDirectory = folder },
                Manual = true,
                Configuration = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Logging:LogLevel:Default"] = "Error" },
                Services = services => services.AddSingleton<TimeProvider>(time),
            });
            await host.StartAsync(cancellationToken);
            await host.RunTimerAsync("Sweep", cancellationToken);
            var store = host.Services.GetRequiredService<RequestStore>();
            var now = time.GetUtcNow();
            await StoreAsync(store, due, number => Verification(number, now, now.AddMinutes(5)), cancellationToken);
            var (past, future) = (now.AddDays(-2), now.AddDays(2));
            await StoreAsync(
                store,
                others,
                number => areOpen ? Verification(number, now, future) : Verification(number, past, past) with { EndedAt = past },
                cancellationToken);
            time.Advance(TimeSpan.FromMinutes(8));

            GC.Collect();
            var (cpu, began) = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
            await host.RunTimerAsync("Sweep", cancellationToken);
            var (took, used) = (TimeProvider.System.GetElapsedTime(began), Environment.CpuUsage.TotalTime - cpu);
            time.Advance(TimeSpan.FromMinutes(1));
            var again = TimeProvider.System.GetTimestamp();
            await host.RunTimerAsync("Sweep", cancellationToken);
            var (each, next) = (due == 0 ? 0 : used.TotalMilliseconds / due, TimeProvider.System.GetElapsedTime(again));
            return string.Create(CultureInfo.InvariantCulture, $"""
                | {due:N0} | {others:N0}{(others == 0 ? "" : areOpen ? " open" : " ended")} | {took.TotalSeconds:F2} s | {each:F2} ms | {next.TotalMilliseconds:F0} ms |
                """);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task StoreAsync(RequestStore store, int count, Func<int, RequestRecord> make, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (number, token) => await store.InsertAsync(make(number), token));

    /// <summary>A verification whose flash call was placed and whose code nobody has entered.</summary>
    private static RequestRecord Verification(int number, DateTimeOffset now, DateTimeOffset due) => new()
    {
        Id = RequestId.New(due),
        Account = "development",
        Product = "verify.call",
        Number = PhoneNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"+49150{number:D8}"), null),
        Country = "DE",
        CreatedAt = now,
        Steps = [new WorkflowStep(Channel.Call)],
        Content = new MessageContent { Code = new CodeRecipe("dev", 4, NoLeadingZero: true) },
        Verification = new VerificationState { CodeLength = 4, WrongLimit = 5 },
        CurrentStep = 0,
        IsIndexed = true,
        Attempts =
        [
            new AttemptRecord
            {
                Step = 0,
                Provider = "unibell",
                State = AttemptState.Placed,
                Status = TransportStatus.Sent,
                StartedAt = now,
                Wait = TimeSpan.FromSeconds(30),
                CarriesOurCode = true,
            },
        ],
    };

    /// <summary>A clock that stands still until it is set on; timers run by the wall's.</summary>
    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
