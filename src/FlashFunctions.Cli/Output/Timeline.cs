using System.Globalization;
using System.Text.Json;

namespace FlashFunctions.Cli.Output;

/// <summary>Something that happened to a request.</summary>
/// <param name="After">Milliseconds since the request was created.</param>
/// <param name="Cells">What a row of the timeline says.</param>
internal sealed record TimelineEntry(long After, IReadOnlyList<string> Cells);

/// <summary>A request as a line of events.</summary>
internal static class Timeline
{
    /// <summary>The events, the earliest first.</summary>
    public static IEnumerable<TimelineEntry> Of(JsonElement request)
    {
        var created = request.Milliseconds("createdAt") ?? 0;
        return request.Items("attempts").SelectMany(attempt => Of(attempt, created))
            .Prepend(Entry(0, "", "", "", "accepted", ""))
            .Concat(End(request, created))
            .OrderBy(entry => entry.After);
    }

    private static IEnumerable<TimelineEntry> Of(JsonElement attempt, long created)
    {
        var (step, method, provider) = ((attempt.Milliseconds("step") + 1).ToString()!, attempt.Text("method"), attempt.Text("provider"));
        var (state, reason) = (attempt.Text("state"), attempt.Text("reason"));
        var started = attempt.Milliseconds("startedAt") ?? created;
        if (state == "skipped")
        {
            yield return Entry(started - created, step, method, provider, "skipped", reason);
            yield break;
        }

        yield return Entry(started - created, step, method, provider, "asked", attempt.Money("charge"));
        if (attempt.Milliseconds("placedAt") is { } placed)
        {
            yield return Entry(placed - created, step, method, provider, "placed", attempt.Text("from"));
        }

        if (attempt.Milliseconds("updatedAt") is { } updated && (state != "placed" || updated != attempt.Milliseconds("placedAt")))
        {
            yield return Entry(updated - created, step, method, provider, state == "placed" ? attempt.Text("status") : state, reason);
        }
    }

    private static IEnumerable<TimelineEntry> End(JsonElement request, long created)
    {
        if (request.Milliseconds("endedAt") is { } ended)
        {
            var result = request.Text("result");
            yield return Entry(ended - created, "", "", "", result.Length > 0 ? result : "ended", request.Text("reason"));
        }
    }

    private static TimelineEntry Entry(long after, params string[] cells) =>
        new(after, [string.Create(CultureInfo.InvariantCulture, $"+{after} ms"), .. cells]);
}
