using FlashFunctions.Core.Input;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Http.Manage;

/// <summary>
/// What every call of an operator goes through: the body, and one answer for a store that cannot answer. The host has asked for the
/// function key before.
/// </summary>
public sealed partial class ManageApi(OperatorAudit audit, ILogger<ManageApi> logger)
{
    internal const string KeyHeader = "x-functions-key";

    /// <summary>Runs a call, and answers with the body of what it returns.</summary>
    public Task<IResult> RunAsync<T, TBody>(
        HttpRequest request, Func<Fields, CancellationToken, Task<Result<T>>> run, Func<T, TBody> body,
        int status = StatusCodes.Status200OK)
        where T : notnull =>
        RunAsync(request, async (fields, token) => Answer.Of(await run(fields, token), body, status));

    /// <summary>
    /// Runs a call. The host also takes a key in the address, where logs would keep it; a call without the header is refused here.
    /// </summary>
    public async Task<IResult> RunAsync(HttpRequest request, Func<Fields, CancellationToken, Task<IResult>> handle)
    {
        if (string.IsNullOrEmpty(request.Headers[KeyHeader]))
        {
            audit.NoteMissingKey(request);
            return Results.Unauthorized(); // As the host answers where there is no key.
        }

        var reading = await BodyReader.ReadFieldsAsync(request);
        reading.TryGet(out var fields, out _);
        IResult? answer = null;
        try
        {
            return answer = await AnswerAsync(reading, handle);
        }
        finally
        {
            audit.Note(request, fields, answer);
        }
    }

    private async Task<IResult> AnswerAsync(Result<Fields> reading, Func<Fields, CancellationToken, Task<IResult>> handle)
    {
        try
        {
            return reading.TryGet(out var fields, out var problem)
                ? await handle(fields, CancellationToken.None)
                : new ProblemAnswer(problem);
        }
        catch (StorageUnavailableException exception)
        {
            Log.StorageUnavailable(logger, exception.Message);
            return new ProblemAnswer(Problem.Unavailable());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store could not answer: {Reason}")]
        public static partial void StorageUnavailable(ILogger logger, string reason);
    }
}
