using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Http.Pages;

namespace FlashFunctions.Http.Contract;

/// <summary>
/// The OpenAPI document and the page that shows it. They are embedded, and read when they are first asked for, so that starting up costs
/// nothing. The page holds the document and the console's colors, so it works where it is saved to; only “try it” calls the service.
/// </summary>
public sealed class ContractFiles
{
    private const string Place = "{{openapi.json}}";
    private const string ColorsPlace = "{{tokens.css}}";
    private const string ScriptBegins = "<script>";
    private const string ScriptEnds = "</script>";

    private readonly Lazy<StaticFile> _document =
        new(() => new StaticFile(StaticFile.ReadEmbedded("openapi.json"), "application/json; charset=utf-8"));

    private readonly Lazy<StaticFile> _page = new(ReadPage);

    /// <summary>The OpenAPI 3.1 document.</summary>
    public StaticFile Document => _document.Value;

    /// <summary>The page.</summary>
    public StaticFile Page => _page.Value;

    private static StaticFile ReadPage()
    {
        var template = StaticFile.ReadEmbedded("docs.html");

        // Inside a script element nothing but its end tag is special; JSON may write the slash of it escaped.
        var document = StaticFile.ReadEmbedded("openapi.json").Replace("</", "<\\/", StringComparison.Ordinal);
        var page = template.Replace(ColorsPlace, StaticFile.ReadEmbedded("console/tokens.css"), StringComparison.Ordinal)
            .Replace(Place, document, StringComparison.Ordinal);
        return new StaticFile(page, "text/html; charset=utf-8") { ContentSecurityPolicy = Policy(template) };
    }

    /// <summary>Nothing runs but the page's own script, and nothing is called but this service.</summary>
    private static string Policy(string template)
    {
        var start = template.IndexOf(ScriptBegins, StringComparison.Ordinal) + ScriptBegins.Length;
        var script = template[start..template.IndexOf(ScriptEnds, start, StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        return $"default-src 'none'; img-src data:; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
