using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Security;
using FlashFunctions.LocalHost;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>
/// In real time, by real sockets and with the queues of host.json: one account's receivers do not hold up another account's callbacks.
/// </summary>
public sealed class CallbackFairnessTests : IAsyncLifetime
{
    private const int Hanging = 40;
    private const int Asked = 5;
    private const string PublicAddress = "http://service.test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("flash-").FullName;
    private readonly TaskCompletionSource _released = new();
    private Receiver _hangs = null!;
    private Receiver _answers = null!;
    private SimulatorApp _simulator = null!;
    private LocalHostApp _host = null!;

    public async ValueTask InitializeAsync()
    {
        (_hangs, _answers) = (await Receiver.StartAsync(), await Receiver.StartAsync());
        _simulator = SimulatorApp.Create(new SimulatorOptions { Manual = true, Addresses = ServiceHost.CallbackAddresses(PublicAddress) });
        await _simulator.StartAsync();
        _host = ServiceHost.Create(new ServiceSettings
        {
            PublicAddress = PublicAddress,
            Simulator = _simulator,
            Embedded = new EmbeddedStorageOptions { DataDirectory = _folder, Durability = Durability.ProcessEnd },
            Configuration = new Settings { ["Logging:LogLevel:Default"] = "Critical" },
            Services = services => services.ResolveTo(() => $"{IPAddress.Loopback}"),
        });
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _released.TrySetResult();
        await _host.DisposeAsync();
        await _simulator.DisposeAsync();
        await _hangs.DisposeAsync();
        await _answers.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Forty_receivers_of_one_account_that_hang_leave_another_accounts_callbacks_within_a_second(bool eachAHostOfItsOwn)
    {
        using var hanging = await AddAccountAsync("hanging");
        using var other = await AddAccountAsync("other");
        var began = new TaskCompletionSource();
        _hangs.Answer = _ =>
        {
            began.TrySetResult();
            return _released.Task;
        };
        for (var number = 0; number < Hanging; number++)
        {
            await VerifyAsync(hanging, number, AddressOf(_hangs, eachAHostOfItsOwn ? number : 0));
        }

        await began.Task.WaitAsync(Patience);
        var took = new List<TimeSpan>();
        for (var number = 0; number < Asked; number++)
        {
            took.Add(await CallbackAsync(other, Hanging + number));
        }

        // The middle one, since the machine may be busy with something else for a moment.
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", took));
        Assert.InRange(took.Order().ElementAt(Asked / 2), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(_hangs.All.Count, 1, SendSlots.MostDoubtful);
    }

    [Fact]
    public async Task What_found_no_place_is_delivered_once_there_is_one()
    {
        using var account = await AddAccountAsync("hanging");
        var began = new TaskCompletionSource();
        _hangs.Answer = _ =>
        {
            began.TrySetResult();
            return _released.Task;
        };
        var all = new TaskCompletionSource();
        for (var number = 0; number < Hanging; number++)
        {
            await VerifyAsync(account, number, AddressOf(_hangs, 0));
        }

        await began.Task.WaitAsync(Patience);
        _hangs.Answer = _ =>
        {
            if (_hangs.All.Select(one => one.Text("requestId")).Distinct().Count() == Hanging)
            {
                all.TrySetResult();
            }

            return Task.CompletedTask;
        };
        _released.SetResult();
        await all.Task.WaitAsync(Patience);
    }

    // Every name is resolved to this machine.
    private static string AddressOf(Receiver receiver, int host) =>
        new UriBuilder(receiver.Address) { Host = $"host-{host}.localhost" }.Uri.ToString();

    private async Task<HttpClient> AddAccountAsync(string id)
    {
        const string Secret = "its-own-secret";
        var keyId = TestService.KeyIdOf(id);
        var tokens = _host.Services.GetRequiredService<TokenStore>();
        var account = new Account { Id = id, RatePerSecond = 1_000, CallbackSecrets = [WebhookSecret.Generate()] };
        await _host.Services.GetRequiredService<AccountStore>().AddAsync(account, CancellationToken.None);
        await tokens.AddAsync(
            new AccessToken { KeyId = keyId, Account = id, SecretHash = tokens.HashOf(keyId, Secret) }, CancellationToken.None);
        var client = new HttpClient { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{keyId}:{Secret}")));
        return client;
    }

    private static async Task<string> VerifyAsync(HttpClient client, int number, string callbackUrl)
    {
        using var answer = await client.PostAsJsonAsync("/v1/verify", new { number = Phones.Of(number), method = "call", callbackUrl });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{body}");
        return body.GetProperty("requestId").GetString()!;
    }

    /// <summary>How long it takes from the verification's acceptance to its first callback.</summary>
    private async Task<TimeSpan> CallbackAsync(HttpClient client, int number)
    {
        var told = new TaskCompletionSource();
        _answers.Answer = _ =>
        {
            told.TrySetResult();
            return Task.CompletedTask;
        };
        await VerifyAsync(client, number, AddressOf(_answers, 0));
        var accepted = TimeProvider.System.GetTimestamp();
        await told.Task.WaitAsync(Patience);
        return TimeProvider.System.GetElapsedTime(accepted);
    }
}
