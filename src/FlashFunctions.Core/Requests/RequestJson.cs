using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Requests;

/// <summary>How a request is written into its row.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    Converters = [typeof(RequestIdConverter), typeof(PhoneNumberConverter)])]
[JsonSerializable(typeof(RequestRecord))]
internal sealed partial class RequestJson : JsonSerializerContext;

internal sealed class RequestIdConverter : JsonConverter<RequestId>
{
    public override RequestId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RequestId.Parse(reader.GetString()!, null);

    public override void Write(Utf8JsonWriter writer, RequestId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}

internal sealed class PhoneNumberConverter : JsonConverter<PhoneNumber>
{
    public override PhoneNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        PhoneNumber.Parse(reader.GetString()!, null);

    public override void Write(Utf8JsonWriter writer, PhoneNumber value, JsonSerializerOptions options) => writer.WriteStringValue(value.E164);
}
