using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Requests;

/// <summary>Rule 10: numbers that behave like the real thing with a fixed code, call no provider and cost nothing.</summary>
public sealed class TestNumberOptions
{
    public const string Section = "TestNumbers";

    /// <summary>The numbers. None by default.</summary>
    public IList<TestNumber> Items { get; } = [];
}

public sealed class TestNumber
{
    /// <summary>In E.164 syntax.</summary>
    public string Number { get; set; } = "";

    /// <summary>
    /// Its code, 4 to 6 digits; a verification with a shorter code takes the last ones, and one with a longer code is refused.
    /// </summary>
    public string Code { get; set; } = "";

    /// <summary>The outcome of what is sent to it. Default: Verified, delivered at once.</summary>
    public TestOutcome Outcome { get; set; }

    /// <summary>After how many seconds its outcome is reported: 0 to 600, default 0.</summary>
    public int Delay { get; set; }
}

/// <summary>Refuses, at start-up, test numbers that could never be verified. No message repeats a number or a code.</summary>
internal sealed class TestNumberOptionsCheck : OptionsCheck<TestNumberOptions>
{
    public const int ShortestCode = 4;
    public const int LongestCode = 6;
    public const int LongestDelay = 600;

    protected override IEnumerable<string> MistakesIn(TestNumberOptions options) =>
    [
        .. options.Items.SelectMany(
            (item, index) => Mistakes(item).Select(mistake => $"{TestNumberOptions.Section}:{index}:{mistake}")),
        .. options.Items
            .GroupBy(item => NumberPlan.Instance.OneForm(item.Number), StringComparer.Ordinal)
            .Where(same => same.Count() > 1)
            .Select(same => $"{TestNumberOptions.Section}:{options.Items.IndexOf(same.Last())}:Number: is there twice."),
    ];

    private static IEnumerable<string> Mistakes(TestNumber item)
    {
        if (!PhoneNumber.TryParse(item.Number, null, out _)
            || NumberPlan.Instance.Read(item.Number, requireAssignedRange: false) is not NumberReading.Valid)
        {
            yield return $"{nameof(item.Number)}: must be a phone number in E.164 syntax, a plus and digits.";
        }

        if (item.Code is not { Length: >= ShortestCode and <= LongestCode } || !item.Code.All(char.IsAsciiDigit))
        {
            yield return $"{nameof(item.Code)}: must be {ShortestCode} to {LongestCode} digits.";
        }

        if (!Enum.IsDefined(item.Outcome))
        {
            yield return $"{nameof(item.Outcome)}: must be one of {string.Join(", ", Enum.GetNames<TestOutcome>())}.";
        }

        if (item.Delay is < 0 or > LongestDelay)
        {
            yield return $"{nameof(item.Delay)}: must be 0 to {LongestDelay} seconds.";
        }
    }
}

/// <summary>
/// The test numbers: those of the settings, and those that operators add, which win where both have one. Each instance reads the latter
/// once a minute, so that a change counts at once where it is made and within a minute on the others.
/// </summary>
public sealed class TestNumbers(
    IOptions<TestNumberOptions> options, [FromKeyedServices(TableNames.TestNumbers)] ITable table, TimeProvider time)
{
    public const int Most = 1_000;

    private static readonly RowFormat<TestNumber> Format = RowFormat.Json(RequestJson.Default.TestNumber);

    private readonly Kept<Dictionary<string, TestNumber>> _added = Kept<Dictionary<string, TestNumber>>.ForAMinute(time);

    public IReadOnlyDictionary<string, TestNumber> Configured { get; } = options.Value.Items
        .Select(item => new TestNumber
        {
            Number = NumberPlan.Instance.OneForm(item.Number),
            Code = item.Code,
            Outcome = item.Outcome,
            Delay = item.Delay,
        })
        .ToDictionary(item => item.Number, StringComparer.Ordinal);

    /// <summary>The test number of that number, or null where it is a real one.</summary>
    public async ValueTask<TestNumber?> FindAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        (await _added.GetAsync(ReadAsync, cancellationToken)).GetValueOrDefault(number.E164) ?? Configured.GetValueOrDefault(number.E164);

    /// <summary>Those that operators added, by number, as they are stored now.</summary>
    public async Task<IReadOnlyDictionary<string, TestNumber>> ListAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken);

    /// <summary>Adds one or replaces it; true where it was added.</summary>
    public async Task<bool> PutAsync(TestNumber number, CancellationToken cancellationToken)
    {
        var (_, isNew) = await table.UpdateAsync(
            Format, TableKeys.TestNumber(number.Number), current => (number, current is null), cancellationToken);
        _added.Forget();
        return isNew;
    }

    /// <summary>Deletes one that an operator added; false where there is none.</summary>
    public async Task<bool> DeleteAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        var isDeleted = await table.DeleteAsync(TableKeys.TestNumber(number.E164), null, cancellationToken);
        _added.Forget();
        return isDeleted;
    }

    private async Task<Dictionary<string, TestNumber>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await table.QueryAfterAsync(TableKeys.TestNumbers, null, Most, cancellationToken);
        return rows.Select(Format.Read).ToDictionary(number => number.Number, StringComparer.Ordinal);
    }
}

/// <summary>
/// Logs the test numbers at start-up outside development, so that they are not forgotten: masked, and without their codes.
/// </summary>
internal sealed partial class TestNumberNotice(TestNumbers numbers, IHostEnvironment environment, ILogger<TestNumberNotice> logger)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment())
        {
            return;
        }

        Note(numbers.Configured);
        try
        {
            Note(await numbers.ListAsync(cancellationToken));
        }
        catch (StorageUnavailableException)
        {
            Log.NotRead(logger);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Note(IReadOnlyDictionary<string, TestNumber> known)
    {
        foreach (var (number, test) in known)
        {
            Log.TestNumber(logger, PhoneNumber.Parse(number, null), test.Outcome);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "{Number} is a test number: it is never called, its fixed code verifies it, and its outcome is {Outcome}")]
        public static partial void TestNumber(ILogger logger, PhoneNumber number, TestOutcome outcome);

        [LoggerMessage(2, LogLevel.Warning, "The test numbers that operators added could not be read at the start, and are not named here")]
        public static partial void NotRead(ILogger logger);
    }
}

public enum TestOutcome
{
    /// <summary>Delivered; its code verifies it.</summary>
    Verified,

    Undelivered,

    /// <summary>It rings and is declined: delivered, as at the providers.</summary>
    Busy,

    /// <summary>The call is answered, as by voicemail or a screening service.</summary>
    Answered,

    /// <summary>Delivered after its delay.</summary>
    Late,

    /// <summary>No provider can be reached: nothing is placed.</summary>
    Down,

    Blocked,
}

/// <summary>
/// Rule 10: the outcome of a request to a test number, fixed when the request is accepted, so that later settings do not change it.
/// </summary>
/// <param name="Delay">After how many seconds that is reported.</param>
/// <param name="Code">The fixed code, encrypted, while the request is open; null where it has none.</param>
public sealed record TestRun(TestOutcome Outcome, int Delay, string? Code = null)
{
    /// <summary>What a provider would report of an attempt.</summary>
    public ProviderEvent Report(Channel channel, DateTimeOffset now)
    {
        var isCall = channel.IsCall();
        var status = Outcome == TestOutcome.Undelivered ? TransportStatus.Undelivered : TransportStatus.Delivered;
        var (call, outcome) = Outcome switch
        {
            TestOutcome.Busy when isCall => (new CallDetails { SipStatus = 486 }, CallOutcome.Declined),
            TestOutcome.Answered when isCall => (new CallDetails { SipStatus = 200, AnsweredAt = now }, CallOutcome.Answered),
            _ => default((CallDetails?, CallOutcome?)),
        };
        return new ProviderEvent(TestProvider.ProviderName, null, null, status, Outcome.ToString(), now, Call: call, Outcome: outcome);
    }
}

/// <summary>The provider of test numbers: calls nobody and takes everything, unless the test number's outcome is that it is down.</summary>
public sealed class TestProvider(TestOutcome outcome) : IProvider
{
    public const string ProviderName = "test";

    private const string CallerPrefix = "0000000";

    /// <summary>For its capabilities, which are those of every outcome.</summary>
    public static TestProvider Instance { get; } = new(TestOutcome.Verified);

    public string Name => ProviderName;

    /// <summary>The number that is said to ring for a code.</summary>
    public static string CallerOf(string? code) => CallerPrefix + code;

    public Capability CapabilityFor(Channel channel, int codeLength) => new(
        CodeSource.Ours, channel == Channel.Call ? Capability.CallWait : Capability.MessageWait, TellsCaller: true, TakesCaller: true);

    public Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken) => Task.FromResult<PlaceOutcome>(
        outcome == TestOutcome.Down
            ? new PlaceOutcome.NotSent("The test number's provider is down.")
            : new PlaceOutcome.Accepted(
                $"test-{placement.Attempt.RequestId}-{placement.Attempt.Number}",
                placement.Channel == Channel.Call ? placement.From ?? CallerOf(placement.Code) : null));
}
