using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>A request's timeline as operators get it.</summary>
internal sealed record ToldTimeline(IReadOnlyList<JsonElement> Entries, string Support)
{
    public IReadOnlyList<string> Kinds => [.. Entries.Select(Kind)];

    public IReadOnlyList<string> Texts => [.. Entries.Select(Text)];

    public IReadOnlyList<long> Times => [.. Entries.Select(entry => entry.GetProperty("at").GetInt64())];

    public JsonElement Of(string kind) => Entries.First(entry => Kind(entry) == kind);

    public IEnumerable<JsonElement> All(string kind) => Entries.Where(entry => Kind(entry) == kind);

    /// <summary>The text of the first entry of a kind.</summary>
    public string Text(string kind) => Text(Of(kind));

    private static string Kind(JsonElement entry) => entry.GetProperty("kind").GetString()!;

    private static string Text(JsonElement entry) => entry.GetProperty("text").GetString()!;
}

internal static class ToldTimelines
{
    public static async Task<ToldTimeline> TimelineAsync(this ManagedService managed, string id)
    {
        var answer = await managed.GetAsync($"requests/{id}/timeline");
        Assert.True(answer.Status == 200, answer.Body);
        Assert.Equal(id, answer.Text("id"));
        return new ToldTimeline([.. answer.Json.GetProperty("entries").EnumerateArray()], answer.Text("support"));
    }
}
