using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Tests.LocalHost;

/// <summary>Functions for the local host to run.</summary>
public sealed class SampleHttpFunctions(SampleJournal journal)
{
    [Function(nameof(Item))]
    public IResult Item(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "v1/items/{id}")] HttpRequest request, string id) =>
        Results.Text($"{request.Method} item {id}");

    [Function(nameof(CheckItem))]
    public static ValueTask<IResult> CheckItem(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/items/check")] HttpRequest request) =>
        new(Results.Text($"{request.Method} check"));

    [Function(nameof(Typed))]
    public Task<IResult> Typed(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/typed/{n:int}/{key:guid}")] HttpRequest request, Guid key, int n) =>
        Task.FromResult(Results.Text($"{n} {key} {request.Query["more"]}"));

    [Function(nameof(Rest))]
    public Task<IResult> Rest([HttpTrigger(AuthorizationLevel.Anonymous, Route = "v1/rest/{*path}")] HttpRequest request, string? path) =>
        Task.FromResult(Results.Text($"{request.Method} rest {path ?? "none"}"));

    [Function("Named")]
    public static IResult ByName([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Text(request.Path);

    [Function(nameof(WithKey))]
    public static IResult WithKey([HttpTrigger(AuthorizationLevel.Function, "get", Route = "v1/function-key")] HttpRequest request) =>
        Results.Text(request.Path);

    [Function(nameof(Admin))]
    public static IResult Admin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "v1/admin-key")] HttpRequest request) =>
        Results.Text(request.Path);

    [Function(nameof(Broken))]
    public static IResult Broken([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/broken")] HttpRequest request) =>
        throw new InvalidOperationException($"secret of {request.Path}");

    [Function(nameof(Held))]
    public async Task<IResult> Held([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/held")] HttpRequest request)
    {
        await journal.RunAsync($"{request.Method} held", request.HttpContext.RequestAborted);
        return Results.Text("released");
    }

    [Function(nameof(Count))]
    public async Task Count(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/count")] HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(cancellationToken);
        journal.Write($"counted {text.Length}");
        request.HttpContext.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}

public sealed class SampleQueueFunctions(SampleJournal journal)
{
    public const string Work = "sample-work";
    public const string Configured = "sample-from-settings";

    [Function(nameof(OnWork))]
    public Task OnWork([QueueTrigger(Work)] string message, int dequeueCount, CancellationToken cancellationToken) =>
        journal.RunAsync($"{message} {dequeueCount}", cancellationToken);

    [Function(nameof(OnPoison))]
    public void OnPoison([QueueTrigger(Work + "-poison")] string message) => journal.Write($"poison {message}");

    [Function(nameof(OnConfigured))]
    public void OnConfigured([QueueTrigger("%Sample__Queue%")] string message) => journal.Write($"configured {message}");
}

public sealed class SampleTimerFunctions(SampleJournal journal)
{
    [Function(nameof(EveryMinute))]
    public Task EveryMinute([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var last = timer.ScheduleStatus!.Last == default ? "never" : $"{timer.ScheduleStatus.Last:HH:mm:ss}";
        return journal.RunAsync(
            $"minute after {last}, next {timer.ScheduleStatus.Next:HH:mm:ss}{(timer.IsPastDue ? ", late" : "")}", cancellationToken);
    }

    [Function(nameof(AtNight))]
    public void AtNight([TimerTrigger("%Sample:Schedule%")] TimerInfo timer) => journal.Write($"night {timer.IsPastDue}");
}
