using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlashFunctions.Bench.Fuzz;

/// <summary>Spoils bodies that were right: in the tree, in the text, or in the bytes.</summary>
internal static class Spoiler
{
    /// <summary>Values that are JSON and hardly ever right.</summary>
    public static readonly string[] Nasty =
    [
        "null", "true", "false", "0", "-1", "1e400", "1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "0.1",
        "4.0", "[]", "{}",
        "[[]]", "[null]", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u202e\"", "\"\\n\\r\"", "\"\\u001b[31m\"", "\"../../..\"",
        "\"%00\"",
        "\"{0}\"", "\"' OR 1=1 --\"", "\"<script>\"", "\"\u0661\u0662\u0663\u0664\"", "\"+\"", "\"+0000000\"", "\"++49\"",
        "\"https://[::1]/\"",
        "\"http://169.254.169.254/\"", "\"javascript:1\"", "\"2026-13-41\"", "\"NaN\"", "\"-0\"", "\"1e3\"", "\"0x10\"",
        "{\"a\":{\"b\":[{}]}}",
    ];

    private static readonly JsonSerializerOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Spoils a body that was right: some place in the tree, or the bytes.</summary>
    public static byte[] Body(byte[] body, Dice dice)
    {
        if (dice.Percent(80) && TryParse(body) is JsonObject tree)
        {
            var text = Tree(tree, dice, dice.From(1, 3));
            return dice.Percent(90) ? Encoding.UTF8.GetBytes(text) : Bytes(Encoding.UTF8.GetBytes(text), dice);
        }

        return Bytes(body, dice);
    }

    /// <summary>The text of a tree in which so many places are spoiled.</summary>
    public static string Tree(JsonObject tree, Dice dice, int places, bool isTextSpoiled = true)
    {
        var text = tree.ToJsonString();
        for (var place = 0; place < places; place++)
        {
            // A place is marked in the tree and then replaced in the text, since what takes it need not be JSON.
            const string Mark = "\"\uE000\"";
            var marked = (JsonObject)tree.DeepClone();
            var (parent, key) = Place(marked, dice);
            if (key is null)
            {
                break;
            }

            parent[key] = "\uE000";
            var other = dice.Below(10) switch
            {
                0 => $"\"{new string('x', dice.From(200, 3_000))}\"",
                1 => $"{{\"{key}\":{dice.Of(Nasty)}}}",
                2 => $"[{dice.Of(Nasty)},{dice.Of(Nasty)}]",
                3 => $"\"{dice.Digits(dice.From(1, 20))}\"",
                _ => dice.Of(Nasty),
            };
            text = marked.ToJsonString(Relaxed).Replace(Mark, other, StringComparison.Ordinal);
            if (TryParse(Encoding.UTF8.GetBytes(text)) is JsonObject parsed && IsReadable(parsed))
            {
                tree = parsed;
            }
        }

        return isTextSpoiled && places > 1 && dice.Percent(20)
            ? text.Insert(1, dice.Of(["\"number\":\"+4915000000000\",", "\"\":1,", "\"__proto__\":{},", ",", "\"a\":"]))
            : text;
    }

    /// <summary>Cuts bytes off, puts others in, repeats them, or takes others altogether.</summary>
    public static byte[] Bytes(byte[] body, Dice dice)
    {
        var at = body.Length == 0 ? 0 : dice.Below(body.Length);
        byte[] other = dice.Of<byte[]>(
            [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0], [0xE2, 0x82], [0xEF, 0xBB, 0xBF], "\\u"u8.ToArray(), "%zz"u8.ToArray()]);
        return dice.Below(6) switch
        {
            0 => body[..at],
            1 => [.. body[..at], .. other, .. body[at..]],
            2 => [.. body, .. body],
            3 => [.. other, .. body],
            4 => [.. Enumerable.Range(0, dice.From(0, 200)).Select(_ => (byte)dice.Below(256))],
            _ => dice.Percent(5) ? new byte[70_000] : [.. Encoding.ASCII.GetBytes(new string('[', dice.From(1, 400))), .. body],
        };
    }

    private static JsonNode? TryParse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it can be written again: a lone surrogate cannot.</summary>
    private static bool IsReadable(JsonObject tree)
    {
        try
        {
            _ = tree.ToJsonString(Relaxed);
            return true;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static (JsonObject Parent, string? Key) Place(JsonObject tree, Dice dice)
    {
        var objects = new List<JsonObject>();
        Collect(tree, objects);
        var parent = dice.Of(objects);
        return (parent, parent.Count == 0 ? null : dice.Of([.. parent.Select(pair => pair.Key)]));
    }

    private static void Collect(JsonNode? node, List<JsonObject> objects)
    {
        switch (node)
        {
            case JsonObject group:
                objects.Add(group);
                foreach (var (_, value) in group)
                {
                    Collect(value, objects);
                }

                break;
            case JsonArray array:
                foreach (var value in array)
                {
                    Collect(value, objects);
                }

                break;
        }
    }
}
