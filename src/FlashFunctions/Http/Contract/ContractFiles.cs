using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Http.Contract;

/// <summary>
/// The OpenAPI document and the page that shows it. They are embedded, and read when they are first asked for, so that starting up costs
/// nothing. The page holds the document, so it asks nobody for anything, and works where it is saved to.
/// </summary>
public sealed class ContractFiles
{
    private const string Place = "{{openapi.json}}";
    private const string ScriptBegins = "<script>";
    private const string ScriptEnds = "</script>";

    private readonly Lazy<ContractFile> _document = new(() => new ContractFile(Read("openapi.json"), "application/json; charset=utf-8"));
    private readonly Lazy<ContractFile> _page = new(ReadPage);

    /// <summary>The OpenAPI 3.1 document.</summary>
    public ContractFile Document => _document.Value;

    /// <summary>The page.</summary>
    public ContractFile Page => _page.Value;

    private static ContractFile ReadPage()
    {
        var template = Read("docs.html");

        // Inside a script element nothing but its end tag is special; JSON may write the slash of it escaped.
        var page = template.Replace(Place, Read("openapi.json").Replace("</", "<\\/", StringComparison.Ordinal), StringComparison.Ordinal);
        return new ContractFile(page, "text/html; charset=utf-8") { ContentSecurityPolicy = Policy(template) };
    }

    /// <summary>Nothing runs but the page's own script, and nothing is loaded from anywhere.</summary>
    private static string Policy(string template)
    {
        var start = template.IndexOf(ScriptBegins, StringComparison.Ordinal) + ScriptBegins.Length;
        var script = template[start..template.IndexOf(ScriptEnds, start, StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        return $"default-src 'none'; img-src data:; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static string Read(string name)
    {
        using var stream = typeof(ContractFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
