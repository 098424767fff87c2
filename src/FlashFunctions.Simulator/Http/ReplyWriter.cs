using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Simulator;

/// <summary>Gives an answer in the manner that is asked for.</summary>
internal sealed class ReplyWriter(SimulatorDelays delays, TimeProvider time)
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>Returns the status that was sent, or null when none was.</summary>
    public async Task<int?> WriteAsync(HttpContext context, Reply reply, SimulatedAnswer manner)
    {
        switch (manner)
        {
            case SimulatedAnswer.Reset:
                return await WriteAsync(context, Reply.Reset);
            case SimulatedAnswer.Never:
                await HangAsync(context);
                return null;
            case SimulatedAnswer.ServerError:
                return await WriteAsync(context, Failures.ServerError);
            case SimulatedAnswer.Unreadable:
                return await WriteAsync(context, reply with { Body = reply.Body[..(reply.Body.Length / 2)] });
            case SimulatedAnswer.Empty:
                return await WriteAsync(context, reply with { Body = EmptyObject });
            case SimulatedAnswer.Slow:
                await Task.Delay(delays.SlowAnswer, time, context.RequestAborted);
                return await WriteAsync(context, reply);
            default:
                return await WriteAsync(context, reply);
        }
    }

    public async Task HangAsync(HttpContext context)
    {
        await Task.Delay(delays.HangLimit, time, context.RequestAborted);
        context.Abort();
    }

    private static async Task<int?> WriteAsync(HttpContext context, Reply reply)
    {
        if (reply.IsReset)
        {
            context.Abort();
            return null;
        }

        var response = context.Response;
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        response.ContentLength = reply.Body.Length;
        if (reply.RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await response.BodyWriter.WriteAsync(reply.Body, context.RequestAborted);
        return reply.Status;
    }
}
