using System.Text.Json.Serialization;

namespace FlashFunctions.Core.Texts;

/// <summary>The texts of one language, with the placeholders <c>{brand}</c> and <c>{code}</c>.</summary>
/// <param name="Short">The code alone, for a message that has to carry more lines.</param>
/// <param name="Sms">The same and a warning not to share it; one SMS part with a brand of 20 characters.</param>
/// <param name="Voice">A sentence that says the code twice.</param>
internal sealed record VerificationTemplate(string Short, string Sms, string Voice);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Dictionary<string, VerificationTemplate>))]
internal sealed partial class VerificationTemplates : JsonSerializerContext;
