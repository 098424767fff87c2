using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>A body that is wrong somewhere, for a call that exists.</summary>
public sealed record MalformedBody(string Path, byte[] Bytes, string? ContentType)
{
    /// <summary>As it may be shown where a test fails.</summary>
    public override string ToString() => $"{Path} {ContentType} {Convert.ToBase64String(Bytes.AsSpan(0, Math.Min(Bytes.Length, 400)))}";
}

/// <summary>Makes bodies: what a call really takes, with one field or several out of order, or the whole of it.</summary>
public static class MalformedBodies
{
    private static readonly string[] Numbers = [.. Enumerable.Range(0, 50).Select(phone => $"\"{Phones.Of(4_000 + phone)}\"")];

    private static readonly (string Path, string[] Fields)[] Calls =
    [
        ("/v1/verify", ["number", "method", "from", "language", "codeLength", "ip", "callbackUrl", "workflow", "expiresIn"]),
        ("/v1/verify/check", ["requestId", "code", "cli"]),
        ("/v1/verify/{id}/next", ["reason"]),
        ("/v1/verify/{id}/cancel", ["reason"]),
        ("/v1/requests/{id}", ["goal"]),
        ("/v1/calls/flash", ["number", "from", "code", "callbackUrl"]),
        ("/v1/calls/p2s", ["number", "code", "from", "language", "callbackUrl"]),
        ("/v1/calls/t2s", ["number", "text", "from", "language", "callbackUrl"]),
        ("/v1/sms", ["number", "text", "from", "callbackUrl"]),
        ("/v1/messaging/push", ["number", "text", "title", "callbackUrl"]),
        ("/v1/messaging/viber", ["number", "text", "from", "callbackUrl", "buttonCaption", "buttonActionUrl", "imageUrl"]),
        ("/v1/messaging/rcs", ["number", "text", "callbackUrl"]),
        ("/v1/messaging/failover", ["number", "flow", "callbackUrl"]),
        ("/v1/insight/hlr", ["number"]),
        ("/v1/insight/fraudcheck", ["number"]),
    ];

    private static readonly Dictionary<string, string> Good = new(StringComparer.Ordinal)
    {
        ["method"] = "\"call\"",
        ["from"] = "\"Sender\"",
        ["language"] = "\"en\"",
        ["codeLength"] = "4",
        ["ip"] = "\"192.0.2.1\"",
        ["callbackUrl"] = "\"https://example.com/callback\"",
        ["workflow"] = """[{"method":"call","provider":"lanck","wait":30,"condition":"verified"}]""",
        ["expiresIn"] = "300",
        ["code"] = "\"1234\"",
        ["cli"] = "\"+3728000000\"",
        ["goal"] = "\"NUMBER_VERIFIED\"",
        ["text"] = "\"Hello\"",
        ["title"] = "\"Title\"",
        ["flow"] = """[{"type":"sms","message":{"text":"Hello"},"failover":{"wait":60,"condition":"delivered"}}]""",
    };

    private static readonly string[] Fragments =
    [
        "null", "true", "false", "0", "-1", "1e400", "-1e400", "1e-400", "9223372036854775808", "0.1", "4.0", "NaN", "Infinity", "", " ",
        "[]", "{}", "[[]]", "[null]", "[{}]", "[1,2,3]", """[{"method":null}]""", """[{"method":["call"]}]""",
        """[{"method":"call","wait":1e99}]""",
        """[{"method":"call","provider":{}}]""", """[{"method":"call","condition":[]}]""", """[{"type":"sms","message":[]}]""",
        """[{"type":"sms","message":{"text":"\ud800"},"failover":{"wait":-1}}]""", """[{"type":5}]""", """[{"\ud800":1,"method":"call"}]""",
        """[{"\ud800":1,"\ud801":2,"type":"sms"}]""", """{"\udc00":{"\udc00":1}}""", """{"a":{"b":{"c":1}}}""",
        "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u202e\"", "\"\\n\\r\\t\"", "\"\\u001b[31m\"",
        "\"\u041d\"",
        "\"+\"", "\"+0\"", "\"+372\"", "\"+3725300000a\"", "\"+37253000001 \"", "\"++37253000001\"", "\"+99999999999999999999999\"",
        "\"\uff0b3725\"",
        "\"https://127.0.0.1/\"", "\"http://[::1]/\"", "\"javascript:1\"", "\"https://\"", "\"\\\\\"", "\"' OR 1=1 --\"", "\"%00\"",
        "\"../..\"",
        "\"12345678901234567890\"", "\"\u0661\u0662\u0663\u0664\"", "\"12 4\"", "\"-123\"", "\"telepathy\"", "\"CALL\"", "\"verified\"",
        "\"999.999.999.999\"",
        "\"unterminated", "{\"unterminated\":", "[1,", "'single'", "undefined", "\\", "\u0001", "/* comment */ 1", "1,", "\"a\"\"b\"",
        $"\"{new string('x', 3_000)}\"", new string('9', 400), string.Concat(Enumerable.Repeat("[", 200)),
        $"{new string('[', 64)}{new string(']', 64)}",
        string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40),
    ];

    private static readonly Gen<string> Text =
        Gen.Choose(0, 0xFFFF)
            .Select(unit => (char)unit)
            .ArrayOf()
            .Select(units => $"\"{new string([.. units.Where(unit => unit is not ('"' or '\\'))])}\"");

    private static readonly Gen<string> Wrong = Gen.Frequency((8, Gen.Elements(Fragments)), (2, Text));

    private static readonly Gen<string?> ContentTypes = Gen.Elements(
        "application/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "text/plain",
        "multipart/form-data; boundary=x", null, "nonsense");

    /// <summary>The generator.</summary>
    public static Gen<MalformedBody> All { get; } =
        from call in Gen.Elements(Calls)
        from json in Object(call.Fields)
        from bytes in Gen.Frequency(
            (12, Gen.Constant(Encoding.UTF8.GetBytes(json))),
            (4, Form(call.Fields)),
            (2, Cut(json)),
            (2, Spoiled(json)),
            (1, Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()),
            (1, Gen.Elements(Whole)))
        from contentType in ContentTypes
        from id in Gen.Elements("01JZZZZZZZZZZZZZZZZZZZZZZZ", "x", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "%F0%9F%93%9E", new string('0', 500))
        select new MalformedBody(call.Path.Replace("{id}", id, StringComparison.Ordinal), bytes, contentType);

    private static byte[][] Whole =>
    [
        [], "{"u8.ToArray(), "{}"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "\0"u8.ToArray(), "&&&==&"u8.ToArray(),
        "%"u8.ToArray(), "%zz=%zz"u8.ToArray(),
        [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'], [0xFF, 0xFE, (byte)'{', 0], [0xC3, 0x28], Encoding.UTF8.GetBytes(new string('[', 60_000)),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000))),
        Encoding.UTF8.GetBytes("{\"number\":\"" + new string('x', 66_000)),
        Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, 300).Select(key => $"f{key}=1"))), new byte[70_000],
    ];

    /// <summary>Each field is right, wrong, left out or, rarely, there twice.</summary>
    private static Gen<string> Object(string[] fields) =>
        from values in Gen.CollectToArray(fields, Field)
        from stray in Gen.Elements("", "", "", ",\"\":1", ",\"__proto__\":{}", ",", ",\"number\":\"+37253000001\"")
        select $"{{{string.Join(',', values.Where(value => value.Length > 0))}{stray}}}";

    private static Gen<string> Field(string name) =>
        from value in Gen.Frequency((3, Right(name)), (3, Wrong), (1, Gen.Constant("")))
        from times in Gen.Frequency((30, Gen.Constant(1)), (1, Gen.Constant(2)))
        select value.Length == 0 ? "" : string.Join(',', Enumerable.Repeat($"\"{name}\":{value}", times));

    private static Gen<string> Right(string name) => name switch
    {
        "number" => Gen.Elements(Numbers),
        "requestId" => Gen.Constant("\"01JZZZZZZZZZZZZZZZZZZZZZZZ\""),
        _ => Gen.Constant(Good.GetValueOrDefault(name, "\"value\"")),
    };

    private static Gen<byte[]> Form(string[] fields) =>
        from values in Gen.CollectToArray(
            fields, name => Gen.Frequency((1, Right(name)), (1, Wrong)).Select(value => $"{name}={Escaped(value)}"))
        select Encoding.UTF8.GetBytes(string.Join('&', values));

    /// <summary>Escaped where that can be; a few of the fragments are no text at all.</summary>
    private static string Escaped(string value) =>
        value.Length % 3 == 0 ? value.Trim('"') : Uri.EscapeDataString(value.Trim('"').Replace('\ud800', '?'));

    private static Gen<byte[]> Cut(string json) =>
        Gen.Choose(0, json.Length).Select(length => Encoding.UTF8.GetBytes(json[..length]));

    private static Gen<byte[]> Spoiled(string json) =>
        from at in Gen.Choose(0, json.Length)
        from bytes in Gen.Elements<byte[]>([0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0], [0xE2, 0x82])
        select (byte[])[.. Encoding.UTF8.GetBytes(json[..at]), .. bytes, .. Encoding.UTF8.GetBytes(json[at..])];
}
