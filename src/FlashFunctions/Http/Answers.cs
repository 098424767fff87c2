using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FlashFunctions.Http.Manage;

namespace FlashFunctions.Http;

/// <summary>Makes answers of what use cases return.</summary>
internal static class Answer
{
    /// <summary>A body, which the serializer's context below has to know.</summary>
    public static IResult Of<TBody>(TBody body, int status = StatusCodes.Status200OK) => new JsonAnswer<TBody>(body, status);

    /// <summary>The body of a value, or its problem.</summary>
    public static IResult Of<T, TBody>(Result<T> result, Func<T, TBody> body, int status = StatusCodes.Status200OK)
        where T : notnull => result.TryGet(out var value, out var problem) ? Of(body(value), status) : new ProblemAnswer(problem);
}

/// <summary>A JSON answer that nobody may cache.</summary>
internal sealed class JsonAnswer<T>(T value, int status) : IResult
{
    /// <summary>Seconds after which an unavailable service may be asked again, where nothing says it better.</summary>
    private const string Soon = "2";

    private static readonly JsonTypeInfo<T> Type = (JsonTypeInfo<T>)ApiJson.Default.GetTypeInfo(typeof(T))!;

    public int Status => status;

    public T Value => value;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = ReadableJson.ToUtf8(value, Type);
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = bytes.Length;
        httpContext.Response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable && httpContext.Response.Headers.RetryAfter.Count == 0)
        {
            httpContext.Response.Headers.RetryAfter = Soon;
        }

        await httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}

/// <summary>A refusal as the caller sees it.</summary>
internal sealed class ProblemAnswer(Problem problem) : IResult
{
    public Problem Problem => problem;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (problem.RetryAfter is { } wait)
        {
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (problem.HttpStatus == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = "Basic realm=\"FlashFunctions\"";
        }

        var body = new ErrorBody(problem.ErrorCode, problem.Reason, problem.Details);
        return new JsonAnswer<ErrorBody>(body, problem.HttpStatus).ExecuteAsync(httpContext);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(CheckBody))]
[JsonSerializable(typeof(CancelBody))]
[JsonSerializable(typeof(FlashCallBody))]
[JsonSerializable(typeof(SendBody))]
[JsonSerializable(typeof(HlrBody))]
[JsonSerializable(typeof(FraudCheckBody))]
[JsonSerializable(typeof(GoalBody))]
[JsonSerializable(typeof(RequestBody))]
[JsonSerializable(typeof(LivenessBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(AccountsBody))]
[JsonSerializable(typeof(StopBody))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(TokensBody))]
[JsonSerializable(typeof(OverviewBody))]
[JsonSerializable(typeof(FoundRequestsBody))]
[JsonSerializable(typeof(TimelineBody))]
[JsonSerializable(typeof(DeadLettersBody))]
[JsonSerializable(typeof(FailingReceiversBody))]
[JsonSerializable(typeof(DoneBody))]
[JsonSerializable(typeof(ErasedBody))]
[JsonSerializable(typeof(ExportBody))]
[JsonSerializable(typeof(TestNumberBody))]
[JsonSerializable(typeof(TestNumbersBody))]
[JsonSerializable(typeof(RoutePreviewBody))]
[JsonSerializable(typeof(RouteChangesBody))]
[JsonSerializable(typeof(ConversionBody))]
[JsonSerializable(typeof(FailingRoutesBody))]
[JsonSerializable(typeof(FraudListBody))]
[JsonSerializable(typeof(FraudListEntryBody))]
[JsonSerializable(typeof(FraudBlocksBody))]
[JsonSerializable(typeof(FraudDecisionsBody))]
[JsonSerializable(typeof(FraudPreviewBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
