using FlashFunctions.Core.Providers;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>A service with two scripted providers, one for each of two steps, and a clock at a whole millisecond, as the queue counts.</summary>
internal sealed class PairRun : IAsyncDisposable
{
    public const string Number = "+37253000001";
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(40);
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private PairRun(TestService service, ScriptedProvider first, ScriptedProvider second) => (Service, First, Second) = (service, first, second);

    public TestService Service { get; }

    public ScriptedProvider First { get; }

    public ScriptedProvider Second { get; }

    /// <summary>The id of the request that was started last.</summary>
    public string Id { get; private set; } = "";

    public static async Task<PairRun> StartAsync()
    {
        var (first, second) = (new ScriptedProvider("first"), new ScriptedProvider("second"));
        var service = await TestService.StartAsync(services: all => all.AddSingleton<IProvider>(first).AddSingleton<IProvider>(second));
        service.Clock.Advance(Moment - TimeSpan.FromTicks(service.Clock.GetUtcNow().Ticks % Moment.Ticks));
        return new PairRun(service, first, second);
    }

    /// <summary>Starts a verification by two methods.</summary>
    public Task VerifyAsync(string first, string second, string condition = "verified") => SendAsync("/v1/verify", $$$"""
        {"number":"{{{Number}}}","workflow":[
          {"method":"{{{first}}}","provider":"first","wait":{{{Wait.TotalSeconds}}},"condition":"{{{condition}}}"},
          {"method":"{{{second}}}","provider":"second"}]}
        """);

    /// <summary>Starts a verification of a minute whose first step waits as long.</summary>
    public Task VerifyForItsWholeLifeAsync() => SendAsync("/v1/verify", $$"""
        {"number":"{{Number}}","expiresIn":60,"workflow":[{"method":"call","provider":"first","wait":60},{"method":"sms","provider":"second"}]}
        """);

    /// <summary>Starts a flow of two messages.</summary>
    public Task FlowAsync(string first, string second, string condition) => SendAsync("/v1/messaging/failover", $$$"""
        {"number":"{{{Number}}}","flow":[
          {"type":"{{{first}}}","provider":"first","message":{"text":"one"},"failover":{"wait":{{{Wait.TotalSeconds}}},"condition":"{{{condition}}}"}},
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
    public Task<Answer> CheckAsync() => Service.CheckAsync(Id, First.Placed[0].Code!);

    /// <summary>Lets the rest of the request's life pass, with every report repeated, and looks that nothing more was placed.</summary>
    public async Task AssertNothingMoreAsync(int first, int second)
    {
        await Service.PassAsync(Wait);
        await Service.PassAsync(TimeSpan.FromMinutes(11));
        await Service.SweepAsync();
        await ReportAsync("UNDELIVERED");
        await Service.PumpAsync();
        Assert.Equal((first, second), (First.Placed.Count, Second.Placed.Count));
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    private async Task SendAsync(string path, string body)
    {
        var answer = await Service.PostAsync(path, body);
        Assert.True(answer.Status == 202, answer.Body);
        Id = answer.Text("requestId");
        await Service.PumpAsync();
    }
}
