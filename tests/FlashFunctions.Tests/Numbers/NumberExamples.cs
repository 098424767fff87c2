using System.Text.Json;

namespace FlashFunctions.Tests.Numbers;

/// <summary>Numbers and what libphonenumber-js says of them; written by eng/number-plan.</summary>
internal sealed record NumberExamples(IReadOnlyDictionary<string, string> Mobile, IReadOnlyList<IReadOnlyList<string?>> Ranges)
{
    public static NumberExamples Load()
    {
        using var stream = typeof(NumberExamples).Assembly.GetManifestResourceStream("number-examples.json")!;
        return JsonSerializer.Deserialize<NumberExamples>(stream, JsonSerializerOptions.Web)!;
    }
}
