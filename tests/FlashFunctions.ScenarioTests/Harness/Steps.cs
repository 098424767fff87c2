using System.Globalization;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>
/// A step of a workflow as a call names it: <c>"sms"</c>, or <c>new("call", "lanck", Wait: 30)</c>; the wait is in seconds.
/// </summary>
public sealed record Step(string Method, string? Provider = null, double? Wait = null, string? Condition = null)
{
    public static implicit operator Step(string method) => new(method);

    public override string ToString()
    {
        var more = Field("provider", Quoted(Provider)) + Field("wait", Wait?.ToString(CultureInfo.InvariantCulture))
            + Field("condition", Quoted(Condition));
        return $$"""{"method":"{{Method}}"{{more}}}""";
    }

    private static string? Quoted(string? text) => text is null ? null : $"\"{text}\"";

    private static string Field(string name, string? value) => value is null ? "" : $",\"{name}\":{value}";
}

/// <summary>Workflows as a call takes them: the field after a comma, to be put after the number.</summary>
public static class Steps
{
    public static string Of(params IEnumerable<Step> steps) => $",\"workflow\":[{string.Join(',', steps)}]";

    /// <summary>A call by each of these providers.</summary>
    public static string CallsBy(params IEnumerable<string> providers) => Of(providers.Select(provider => new Step("call", provider)));
}
