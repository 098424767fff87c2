using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FlashFunctions.ScenarioTests.Contract;

/// <summary>An operation of the document.</summary>
public sealed class ContractOperation
{
    private readonly ContractDocument _document;
    private readonly Regex _path;

    internal ContractOperation(ContractDocument document, string verb, string path, JsonObject node)
    {
        (_document, Method, Path, Node) = (document, verb.ToUpperInvariant(), path, node);
        var pattern = Regex.Replace(
            Regex.Escape(path), @"\\\{(?<name>\w+)}", match => match.Groups["name"].Value == "path" ? ".*" : "[^/]*", RegexOptions.None,
            TimeSpan.FromSeconds(1));
        _path = new Regex($"^{pattern}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    public string Method { get; }

    public string Path { get; }

    public JsonObject Node { get; }

    /// <summary>Names of the schemes of which one is enough; empty: open to everybody.</summary>
    public IReadOnlyList<string> Schemes =>
        [.. (Node["security"] ?? _document.Root["security"]!).AsArray().SelectMany(scheme => scheme!.AsObject().Select(pair => pair.Key))];

    public IEnumerable<JsonObject> Parameters => (Node["parameters"]?.AsArray() ?? []).Select(parameter => _document.Resolve(parameter!));

    /// <summary>What is sent in the body, by media type.</summary>
    public JsonObject? RequestContent => Node["requestBody"] is { } body ? _document.Resolve(body)["content"]!.AsObject() : null;

    public IEnumerable<(string Status, JsonObject Response)> Responses =>
        Node["responses"]!.AsObject().Select(pair => (pair.Key, _document.Resolve(pair.Value!)));

    public bool Answers(string method, string path) => method == Method && _path.IsMatch(path);

    /// <summary>What the document says of a status, or null where it does not mention it.</summary>
    public JsonObject? ResponseOf(int status) =>
        Node["responses"]!.AsObject()[$"{status}"] is { } response ? _document.Resolve(response) : null;

    public override string ToString() => $"{Method} {Path}";
}
