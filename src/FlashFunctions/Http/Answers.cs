using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using FlashFunctions.Core.Primitives;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http;

/// <summary>A JSON answer that nobody may cache.</summary>
internal sealed class JsonAnswer<T>(int status, T value, JsonTypeInfo<T> type) : IResult
{
    /// <summary>Seconds after which an unavailable service may be asked again, where nothing says it better.</summary>
    private const string Soon = "2";

    public int Status => status;

    public T Value => value;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = ReadableJson.ToUtf8(value, type);
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
        if (problem.RetryAfter is { } wait)
        {
            httpContext.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(
                CultureInfo.InvariantCulture);
        }

        if (problem.HttpStatus == StatusCodes.Status401Unauthorized)
        {
            httpContext.Response.Headers.WWWAuthenticate = "Basic realm=\"FlashFunctions\"";
        }

        var body = new ErrorBody(problem.ErrorCode, problem.Reason, problem.Details);
        return new JsonAnswer<ErrorBody>(problem.HttpStatus, body, ApiJson.Default.ErrorBody).ExecuteAsync(httpContext);
    }
}
