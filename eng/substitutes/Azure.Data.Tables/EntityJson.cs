using System.Globalization;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>
/// Entities as JSON with minimal metadata: a type that JSON cannot tell stands beside its property as <c>name@odata.type</c>.
/// String, Boolean, Int32, Int64 and, inbound, Double and DateTime: what the adapters and the service itself write.
/// </summary>
internal static class EntityJson
{
    private const string TypeSuffix = "@odata.type";

    public static RequestContent Write(ITableEntity entity)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in (TableEntity)entity)
            {
                if (name is not (TableEntity.ETagName or nameof(ITableEntity.Timestamp)))
                {
                    WriteProperty(json, name, value);
                }
            }

            json.WriteEndObject();
        }

        return RequestContent.Create(buffer.ToArray());
    }

    public static TableEntity Read(JsonElement json)
    {
        var entity = new TableEntity();
        foreach (var property in json.EnumerateObject())
        {
            if (!property.Name.EndsWith(TypeSuffix, StringComparison.Ordinal) && !string.Equals(property.Name, "odata.metadata", StringComparison.Ordinal))
            {
                var type = json.TryGetProperty(property.Name + TypeSuffix, out var annotation) ? annotation.GetString() : null;
                entity[property.Name] = ReadValue(property, type);
            }
        }

        return entity;
    }

    private static void WriteProperty(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                json.WriteString(name, text);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteString(name + TypeSuffix, "Edm.Int64");
                json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                throw new NotSupportedException($"The substitute does not write {value.GetType()}.");
        }
    }

    private static object ReadValue(JsonProperty property, string type) => property.Value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when type is not "Edm.Double" && property.Value.TryGetInt32(out var number) => number,
        JsonValueKind.Number => property.Value.GetDouble(),
        JsonValueKind.String => ReadText(property, type),
        _ => throw new NotSupportedException($"The substitute does not read {property.Value.ValueKind}."),
    };

    private static object ReadText(JsonProperty property, string type) => type switch
    {
        "Edm.Int64" => long.Parse(property.Value.GetString() ?? "", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        "Edm.DateTime" => property.Value.GetDateTimeOffset(),
        null when property.NameEquals(nameof(ITableEntity.Timestamp)) => property.Value.GetDateTimeOffset(),
        null or "Edm.String" => property.Value.GetString(),
        _ => throw new NotSupportedException($"The substitute does not read {type}."),
    };
}
