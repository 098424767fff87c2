using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Core.Primitives;

/// <summary>
/// JSON as people read it: a plus sign and the letters of every alphabet stand as they are. For application/json, not for a page.
/// </summary>
public static class ReadableJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToUtf8<T>(T value, JsonTypeInfo<T> type) =>
        Buffer(writer => JsonSerializer.Serialize(writer, value, type)).WrittenSpan.ToArray();

    /// <summary>Writes a value as text: what a row keeps, which counts characters.</summary>
    public static string ToText<T>(T value, JsonTypeInfo<T> type) => Write(writer => JsonSerializer.Serialize(writer, value, type));

    public static string Write(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Buffer(write).WrittenSpan);

    private static ArrayBufferWriter<byte> Buffer(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return buffer;
    }
}
