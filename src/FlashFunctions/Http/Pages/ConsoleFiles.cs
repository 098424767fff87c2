using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Http.Contract;

namespace FlashFunctions.Http.Pages;

/// <summary>What a host that runs the functions adds to the console.</summary>
/// <param name="Features">Names that the console's list of pages asks for (<c>app.js</c>).</param>
/// <param name="Files">Files by their path in the console, such as <c>pages/rehearse.js</c>.</param>
public sealed record ConsoleAddition(IReadOnlyList<string> Features, IReadOnlyDictionary<string, string> Files);

/// <summary>
/// The operators' console: a page and its scripts, styles and pictures. They are embedded, and read when the console is first opened. The
/// page is told which operations there are, so that it shows no page whose data is missing. Files are at an address with a hash over all of
/// them: a browser keeps them for good, and never mixes two versions.
/// </summary>
public sealed class ConsoleFiles
{
    private const string Folder = "console/";
    private const string Page = "index.html";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml; charset=utf-8",
    };

    private readonly ContractFiles _contract;
    private readonly ConsoleAddition[] _additions;
    private readonly Lazy<Content> _content;

    public ConsoleFiles(ContractFiles contract, IEnumerable<ConsoleAddition> additions)
    {
        _contract = contract;
        _additions = [.. additions];
        _content = new(Read);
    }

    /// <summary>
    /// The page at <c>/console</c>, or a file at <c>/console/{hash}/{path}</c>. A file of another hash, asked for while a deployment is
    /// under way, is today's file, not to be kept.
    /// </summary>
    public IResult Answer(PathString path)
    {
        var parts = (path.Value ?? "").Split('/', 4);
        return parts switch
        {
            [_, _] => new FileAnswer(_content.Value.Page, FileAnswer.AskFirst),
            [_, _, ""] => Results.Redirect("../console"),
            [_, _, var hash, var name] when _content.Value.Files.TryGetValue(name, out var file) =>
                new FileAnswer(file, hash == _content.Value.Hash ? FileAnswer.ForEver : FileAnswer.AskFirst),
            _ => Results.NotFound(),
        };
    }

    private static string TypeOf(string name) => Types.TryGetValue(Path.GetExtension(name), out var type)
        ? type
        : throw new InvalidOperationException($"{name} has no known type.");

    private Content Read()
    {
        var texts = typeof(ConsoleFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => (Name: name[Folder.Length..].Replace('\\', '/'), Text: StaticFile.ReadEmbedded(name)))
            .Concat(_additions.SelectMany(addition => addition.Files).Select(file => (Name: file.Key, Text: file.Value)))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToList();
        var page = texts.Single(file => file.Name == Page).Text;
        var files = texts.Where(file => file.Name != Page)
            .ToDictionary(file => file.Name, file => new StaticFile(file.Text, TypeOf(file.Name)), StringComparer.Ordinal);
        var all = string.Join('\n', files.Select(file => $"{file.Key} {file.Value.Hash}"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all))[..8]);
        var filled = page.Replace("{{hash}}", hash, StringComparison.Ordinal)
            .Replace("{{features}}", JsonSerializer.Serialize(Features(), PageJson.Default.IEnumerableString), StringComparison.Ordinal);
        return new Content(hash, new StaticFile(filled, "text/html; charset=utf-8") { ContentSecurityPolicy = Policy }, files);
    }

    /// <summary>The operators' operations, such as <c>GET /manage/health</c>, and what the host adds.</summary>
    private IEnumerable<string> Features()
    {
        using var document = JsonDocument.Parse(_contract.Document.Bytes);
        return
        [
            .. from path in document.RootElement.GetProperty("paths").EnumerateObject()
               where path.Name.StartsWith("/manage/", StringComparison.Ordinal)
               from operation in path.Value.EnumerateObject()
               select $"{operation.Name.ToUpperInvariant()} {path.Name}",
            .. _additions.SelectMany(addition => addition.Features),
        ];
    }

    private sealed record Content(string Hash, StaticFile Page, Dictionary<string, StaticFile> Files);
}

/// <summary>What the page is told. The default encoder writes no character that ends a script element.</summary>
[JsonSerializable(typeof(IEnumerable<string>))]
internal sealed partial class PageJson : JsonSerializerContext;
