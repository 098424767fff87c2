using System.Text.Json;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>An answer of the service.</summary>
public sealed record Answer(int Status, string Body, TimeSpan? RetryAfter)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The errorCode; 0 where there is none.</summary>
    public int ErrorCode => Json.TryGetProperty("errorCode", out var code) ? code.GetInt32() : 0;

    /// <summary>Reads a response.</summary>
    public static async Task<Answer> ReadAsync(HttpResponseMessage response) =>
        new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.RetryAfter?.Delta);

    /// <summary>A text of the body by its name.</summary>
    public string Text(string name) => Json.GetProperty(name).GetString()!;

    /// <summary>Whether the details name a field.</summary>
    public bool Names(string field) => Json.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
        && details.TryGetProperty(field, out _);

    /// <summary>The attempts of a request.</summary>
    public IReadOnlyList<JsonElement> Attempts => [.. Json.GetProperty("attempts").EnumerateArray()];
}
