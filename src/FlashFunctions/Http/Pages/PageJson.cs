using System.Text.Json.Serialization;

namespace FlashFunctions.Http.Pages;

/// <summary>What pages are told. The default encoder writes no character that ends a script element.</summary>
[JsonSerializable(typeof(IEnumerable<string>))]
internal sealed partial class PageJson : JsonSerializerContext;
