using FlashFunctions.Core.Providers;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>A service with two scripted providers, one for each of two steps, for all the pairs of a class.</summary>
public sealed class PairService : IAsyncLifetime
{
    private int _phones;

    internal ScriptedProvider First { get; } = new("first");

    internal ScriptedProvider Second { get; } = new("second");

    internal TestService Service { get; private set; } = null!;

    // Nothing here waits for the clock, so that it stands still to the tick, however busy the machine is.
    public async ValueTask InitializeAsync()
    {
        Service = await TestService.StartAsync(services: all => all.AddSingleton<IProvider>(First).AddSingleton<IProvider>(Second));
        Service.HoldClock();
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    internal string NewNumber() => Phones.Of(Interlocked.Increment(ref _phones));
}

/// <summary>
/// One request of two steps, to a phone of its own, with a clock that begins at a whole millisecond, as the queue counts.
/// </summary>
internal sealed class PairRun
{
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(40);
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    /// <summary>The life of a verification that is to end within the test.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly PairService _pair;

    public PairRun(PairService pair)
    {
        _pair = pair;
        Number = pair.NewNumber();
        (First.Answer, Second.Answer) = (null, null);
        Service.Clock.Advance(Moment - TimeSpan.FromTicks(Service.Clock.GetUtcNow().Ticks % Moment.Ticks));
    }

    /// <summary>Pairs of all of these, each with itself too.</summary>
    public static TheoryData<string, string> PairsOf(IReadOnlyList<string> all) =>
        [.. all.SelectMany(first => all.Select(second => (first, second)))];

    /// <summary>The same, each a tick before a moment, at it and a tick behind it.</summary>
    public static TheoryData<string, string, int> PairsAround(IReadOnlyList<string> all) =>
        [.. all.SelectMany(first => all.SelectMany(second => new[] { -1, 0, 1 }.Select(tick => (first, second, tick))))];

    public string Number { get; }

    public TestService Service => _pair.Service;

    public ScriptedProvider First => _pair.First;

    public ScriptedProvider Second => _pair.Second;

    /// <summary>What the first provider was asked to place for this request.</summary>
    public IReadOnlyList<Placement> FirstPlaced => First.To(Number);

    public IReadOnlyList<Placement> SecondPlaced => Second.To(Number);

    /// <summary>The id of the request that was started last.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Starts a verification by two methods.</summary>
    public Task VerifyAsync(string first, string second, string condition = "verified", TimeSpan? life = null) => SendVerificationAsync(
        (life ?? TimeSpan.FromMinutes(5)).TotalSeconds, new(first, "first", Wait.TotalSeconds, condition), new(second, "second"));

    /// <summary>Starts a verification of a minute whose first step waits as long.</summary>
    public Task VerifyForItsWholeLifeAsync() => SendVerificationAsync(60, new("call", "first", Wait: 60), new("sms", "second"));

    /// <summary>Starts a flow of two messages.</summary>
    public Task FlowAsync(string first, string second, string condition) => SendAsync("/v1/messaging/failover", $$$"""
        {"number":"{{{Number}}}","flow":[
          {"type":"{{{first}}}","provider":"first","message":{"text":"one"},
           "failover":{"wait":{{{Wait.TotalSeconds}}},"condition":"{{{condition}}}"}},
          {"type":"{{{second}}}","provider":"second","message":{"text":"two"}}]}
        """);

    /// <summary>Has the provider of the first attempt report a status.</summary>
    public Task ReportAsync(string status) => ReportOnAsync(new AttemptKey(Id, 0), status);

    /// <summary>Has the provider of an attempt report a status.</summary>
    public async Task ReportOnAsync(AttemptKey attempt, string status)
    {
        var address = new Uri(Service.Host.Services.GetRequiredService<CallbackAddresses>().For("lanck", attempt));
        Assert.Equal(200, (await Service.PostAsync(address.PathAndQuery, $$"""{"status":"{{status}}"}""")).Status);
    }

    /// <summary>Checks the code that the first step carried.</summary>
    public Task<Answer> CheckAsync() => Service.CheckAsync(Id, FirstPlaced[0].Code!);

    /// <summary>Lets the rest of the request's life pass, with every report repeated, and looks that nothing more was placed.</summary>
    public async Task AssertNothingMoreAsync(int first, int second)
    {
        await Service.PassAsync(Wait);
        await Service.PassAsync(TimeSpan.FromMinutes(11));
        await Service.SweepAsync();
        await ReportAsync("UNDELIVERED");
        await Service.PumpAsync();
        Assert.Equal((first, second), (FirstPlaced.Count, SecondPlaced.Count));
    }

    private Task SendVerificationAsync(double expiresIn, params Step[] steps) => SendAsync(
        "/v1/verify", $$"""{"number":"{{Number}}","expiresIn":{{expiresIn}}{{Steps.Of(steps)}}}""");

    private async Task SendAsync(string path, string body)
    {
        var answer = await Service.PostAsync(path, body);
        Assert.True(answer.Status == 202, answer.Body);
        Id = answer.Text("requestId");
        await Service.PumpAsync();
    }
}
