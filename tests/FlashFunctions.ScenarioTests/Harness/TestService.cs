using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Contract;
using FlashFunctions.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>
/// The whole service over real HTTP, with the simulated providers and a clock that stands still. Queues, timers and callbacks
/// move when a test says so.
/// </summary>
public sealed class TestService : IAsyncDisposable
{
    private const string PublicAddress = "http://service.test";
    private readonly TestStorage _storage;
    private readonly ToService _callbacks;
    private readonly Action<IServiceCollection>? _services;
    private readonly string _environment;
    private readonly ClockMover _mover;

    private TestService(
        TestClock clock, SimulatorApp simulator, ToService callbacks, TestStorage storage, Action<IServiceCollection>? services,
        string environment)
    {
        (Clock, Simulator, _callbacks, _storage, _services, _environment) = (clock, simulator, callbacks, storage, services, environment);
        _mover = new ClockMover(clock, storage.HasMoved);
    }

    public TestClock Clock { get; }

    public SimulatorApp Simulator { get; }

    public LocalHostApp Host { get; private set; } = null!;

    /// <summary>A client with the development account's credentials.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Starts a service of its own for a test.</summary>
    /// <param name="configuration">Settings on top of the development ones.</param>
    /// <param name="services">Last word on the services: fault points, counters.</param>
    /// <param name="lanck">How the simulated Lanck behaves.</param>
    /// <param name="slowAnswer">How slow a slow answer is.</param>
    /// <param name="environment">Where it believes it runs.</param>
    public static async Task<TestService> StartAsync(
        IReadOnlyDictionary<string, string?>? configuration = null,
        Action<IServiceCollection>? services = null,
        SimulatedLanckOptions? lanck = null,
        string environment = "Development", TimeSpan? slowAnswer = null)
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        var toService = new ToService();
        var simulator = SimulatorApp.Create(
            new SimulatorOptions
            {
                Manual = true,
                Lanck = lanck ?? new SimulatedLanckOptions(),
                CallbackHandler = toService,
                Addresses = ServiceHost.CallbackAddresses(PublicAddress),
                Delays = new SimulatorDelays
                {
                    HangLimit = TimeSpan.FromSeconds(30),
                    SlowAnswer = slowAnswer ?? new SimulatorDelays().SlowAnswer,
                },
            },
            clock);
        await simulator.StartAsync();
        var service = new TestService(clock, simulator, toService, await TestStorage.CreateAsync(clock), services, environment);
        await service.StartHostAsync(configuration);
        return service;
    }

    /// <summary>
    /// Starts a service as it runs outside development: keys of its own, no development account, nothing that only development may do.
    /// </summary>
    public static Task<TestService> StartInProductionAsync(params (string Key, string? Value)[] settings) =>
        StartInProductionAsync(null, settings);

    /// <summary>The same with a last word on the services.</summary>
    public static Task<TestService> StartInProductionAsync(
        Action<IServiceCollection>? services, params (string Key, string? Value)[] settings)
    {
        const string Key = "c2l4dGVlbiByYW5kb20gYnl0ZXMsIHR3aWNlIG92ZXIu";
        (string Key, string? Value)[] production =
        [
            ("Service:PublicAddress", "https://service.test"), ("Security:ServiceKey", Key), ("Security:CodeKeys:k1", Key),
            ("Security:ActiveCodeKey", "k1"),
            ("DevelopmentAccount:KeyId", null), ("DevelopmentAccount:Secret", null), ("Numbers:RequireAssignedRange", "false"), .. settings,
        ];
        var configuration = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in production)
        {
            configuration[key] = value;
        }

        return StartAsync(configuration, services, environment: "Production");
    }

    /// <summary>Stops the service and starts it again on what it has stored.</summary>
    public async Task RestartAsync(IReadOnlyDictionary<string, string?>? configuration = null)
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await StartHostAsync(configuration);
    }

    /// <summary>Posts JSON, as the development account or as another client.</summary>
    public Task<Answer> PostAsync(string path, string json, HttpClient? client = null) =>
        SendAsync(client ?? Http, HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>Posts a form as it is.</summary>
    public Task<Answer> PostFormAsync(string path, string form) =>
        SendAsync(Http, HttpMethod.Post, path, new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"));

    public Task<Answer> GetAsync(string path) => SendAsync(Http, HttpMethod.Get, path, null);

    /// <summary>
    /// Sends a call, holds its answer against the OpenAPI document, and moves the clock on while a provider call inside it waits for it.
    /// </summary>
    public async Task<Answer> SendAsync(HttpClient client, HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var crashes = SimulatedCrashException.Count;
        using var response = await UnstickAsync(client.SendAsync(request));
        if (response.StatusCode != HttpStatusCode.InternalServerError || SimulatedCrashException.Count == crashes)
        {
            await ContractCheck.CheckAsync(response);
        }

        return await Answer.ReadAsync(response);
    }

    /// <summary>Starts a verification by flash call and returns its id.</summary>
    public async Task<string> VerifyAsync(string number, string more = "")
    {
        var answer = await PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"{{more}}}""");
        Assert.Equal(202, answer.Status);
        return answer.Text("requestId");
    }

    public Task<Answer> CheckAsync(string requestId, string code) =>
        PostAsync("/v1/verify/check", $$"""{"requestId":"{{requestId}}","code":"{{code}}"}""");

    public Task<Answer> ReadAsync(string requestId) => GetAsync($"/v1/requests/{requestId}");

    public Task<Answer> NextAsync(string requestId) => PostAsync($"/v1/verify/{requestId}/next", "{}");

    public Task<Answer> CancelAsync(string requestId) => PostAsync($"/v1/verify/{requestId}/cancel", "{}");

    /// <summary>How the verification stands: pending, verified, failed and so on.</summary>
    public async Task<string> ResultAsync(string requestId) => (await ReadAsync(requestId)).Text("result");

    /// <summary>Verifies by calls of these providers, a step each.</summary>
    public Task<string> VerifyByAsync(string number, params string[] providers) => VerifyAsync(number, Steps.CallsBy(providers));

    /// <summary>The code that the simulated phone shows: the tail of the number that rang last.</summary>
    public string CodeOn(string number, int length = 4) =>
        Simulator.Phone(number)?.LastCaller?[^length..] ?? throw new InvalidOperationException("The phone never rang.");

    /// <summary>Another code than the one that the phone shows.</summary>
    public string WrongCodeFor(string number) => CodeOn(number) == "5555" ? "5556" : "5555";

    /// <summary>How often the phone was called.</summary>
    public int CallsTo(string number) => (int)(Simulator.Phone(number)?.Calls ?? 0);

    /// <summary>Delivers every visible message and every due callback, until nothing moves any more.</summary>
    public async Task PumpAsync()
    {
        int moved;
        do
        {
            moved = await UnstickAsync(Host.PumpQueuesAsync());
            moved += await UnstickAsync(Simulator.DeliverCallbacksAsync());
        }
        while (moved > 0);
    }

    /// <summary>Sends a callback again, as a provider that did not hear the answer would.</summary>
    public Task<int> ReplayAsync(SimulatedCallback callback) => PostWebhookAsync(callback.Address, callback.Body);

    /// <summary>Calls a webhook; gives the HTTP status.</summary>
    public async Task<int> PostWebhookAsync(Uri address, string body, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(_callbacks, disposeHandler: false);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            client.DefaultRequestHeaders.Add(name, value);
        }

        using var response = await client.PostAsync(address, content);
        return (int)response.StatusCode;
    }

    /// <summary>Moves the clock on, then everything that became due by it.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await PumpAsync();
    }

    /// <summary>Runs the timer, then what it queued.</summary>
    public async Task SweepAsync()
    {
        await UnstickAsync(Host.RunTimerAsync("Sweep"));
        await PumpAsync();
    }

    /// <summary>
    /// Waits for something that may itself wait for the clock, a pause between two tries of a provider: the clock moves on when nothing
    /// else does.
    /// </summary>
    public Task<T> UnstickAsync<T>(Task<T> task) => _mover.WaitAsync(task);

    /// <summary>The same for something without a result.</summary>
    public Task UnstickAsync(Task task) => UnstickAsync(WithResultAsync(task));

    /// <summary>From now on nothing moves the clock but the test itself.</summary>
    public void HoldClock() => _mover.Hold();

    /// <summary>The request as it is stored.</summary>
    public async Task<RequestRecord> StoredAsync(string requestId) =>
        (await Service<RequestStore>().ReadAsync(RequestId.Parse(requestId, null), CancellationToken.None))!.Value;

    /// <summary>A service out of the host.</summary>
    public T Service<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    /// <summary>Puts a message into a queue, as a second delivery would.</summary>
    public Task EnqueueAsync(string queue, string message) =>
        Host.Services.GetRequiredKeyedService<IWorkQueue>(queue).SendAsync(message, TimeSpan.Zero, CancellationToken.None);

    /// <summary>What the store was called for over the network, as “Table.Verb”; null where there is no network in between.</summary>
    public IReadOnlyList<string>? StoreCalls => _storage.Calls;

    /// <summary>Forgets what the store was called for.</summary>
    public void ForgetStoreCalls() => _storage.ForgetCalls();

    /// <summary>All that is at rest, as it is there.</summary>
    public byte[] BytesAtRest() => _storage.BytesAtRest();

    /// <summary>The key id of the token of an account that a test adds.</summary>
    public static string KeyIdOf(string account) => KeyIds.Of(SHA256.HashData(Encoding.UTF8.GetBytes(account)).AsSpan(0, 12));

    /// <summary>Adds an account with one token, and gives a client of it.</summary>
    public async Task<HttpClient> AddAccountAsync(string id, int ratePerSecond = 1_000, bool active = true, bool tokenActive = true)
    {
        const string Secret = "its-own-secret";
        var keyId = KeyIdOf(id);
        var tokens = Service<TokenStore>();
        var token = new AccessToken { KeyId = keyId, Account = id, SecretHash = tokens.HashOf(keyId, Secret), IsActive = tokenActive };
        var account = new Account { Id = id, RatePerSecond = ratePerSecond, IsActive = active };
        Assert.True(await Service<AccountStore>().AddAsync(account, CancellationToken.None));
        Assert.True(await tokens.AddAsync(token, CancellationToken.None));
        return NewClient(keyId, Secret);
    }

    /// <summary>Posts with valid credentials a body whose second chunk is no chunk, and returns the whole answer as it came.</summary>
    public async Task<string> SendBrokenBodyAsync(string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Host.Address.Host, Host.Address.Port);
        var call = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {Http.DefaultRequestHeaders.Authorization}\r\n"
            + "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n1\r\n{\r\nno length\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(call));

        using var reader = new StreamReader(socket.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>A client with other credentials, or none.</summary>
    public HttpClient NewClient(string? keyId, string? secret)
    {
        var client = new HttpClient { BaseAddress = Host.Address };
        if (keyId is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{keyId}:{secret}")));
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await Simulator.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private async Task StartHostAsync(IReadOnlyDictionary<string, string?>? configuration)
    {
        Host = ServiceHost.Create(_storage.Apply(new ServiceSettings
        {
            PublicAddress = PublicAddress,
            Simulator = Simulator,
            Manual = true,
            Environment = _environment,
            Configuration = configuration ?? new Dictionary<string, string?>(),
            Services = all =>
            {
                all.AddSingleton<TimeProvider>(Clock);
                _services?.Invoke(all);
            },
        }));
        await Host.StartAsync();
        _callbacks.Address = Host.Address;
        Http = NewClient(ServiceHost.KeyId, ServiceHost.Secret);
    }

    private static async Task<bool> WithResultAsync(Task task)
    {
        await task;
        return true;
    }

    /// <summary>Takes callbacks for the public address to where the service really listens.</summary>
    private sealed class ToService : DelegatingHandler
    {
        public ToService() => InnerHandler = new SocketsHttpHandler();

        public Uri? Address { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(Address!, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
