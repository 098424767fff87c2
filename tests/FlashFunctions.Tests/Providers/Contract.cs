using System.Text;
using System.Text.Json.Nodes;

namespace FlashFunctions.Tests.Providers;

/// <summary>Captured examples of a provider's contract, in <c>Contracts/{Provider}/{test}.{part}.json</c>.</summary>
internal static class Contract
{
    public static byte[] Read(string provider, string test, string part)
    {
        var name = $"Contracts/{provider}/{test}.{part}.json";
        using var stream = typeof(Contract).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>The example with <c>{callbackUrl}</c> and the like filled in.</summary>
    public static byte[] Read(string provider, string test, string part, params (string Name, string Value)[] blanks) =>
        Encoding.UTF8.GetBytes(blanks.Aggregate(
            Encoding.UTF8.GetString(Read(provider, test, part)),
            (text, blank) => text.Replace($"{{{blank.Name}}}", blank.Value, StringComparison.Ordinal)));

    public static void AssertSame(byte[] expected, JsonNode? actual)
    {
        var wanted = JsonNode.Parse(expected);
        Assert.True(JsonNode.DeepEquals(wanted, actual), $"expected {wanted?.ToJsonString()}\nbut was {actual?.ToJsonString()}");
    }

    public static void AssertSame(byte[] expected, byte[] actual) => AssertSame(expected, JsonNode.Parse(actual));

    /// <summary>A form's fields as a JSON object of strings.</summary>
    public static JsonObject Form(byte[] body)
    {
        var form = new JsonObject();
        foreach (var field in Encoding.UTF8.GetString(body).Split('&'))
        {
            var parts = field.Split('=');
            form.Add(Decode(parts[0]), Decode(parts[1]));
        }

        return form;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
