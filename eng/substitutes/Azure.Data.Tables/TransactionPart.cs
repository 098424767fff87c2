using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>One of the responses inside a transaction's multipart answer.</summary>
internal sealed class TransactionPart : Response
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private TransactionPart(string[] head, string body)
    {
        var status = head[0].Split(' ', 3);
        Status = int.Parse(status[1], NumberStyles.None, CultureInfo.InvariantCulture);
        ReasonPhrase = status.Length > 2 ? status[2] : "";
        foreach (var line in head.Skip(1).Select(line => line.Split(':', 2)).Where(line => line.Length == 2))
        {
            _headers[line[0].Trim()] = line[1].Trim();
        }

        ContentStream = new MemoryStream(Encoding.UTF8.GetBytes(body), 0, Encoding.UTF8.GetByteCount(body), writable: false, publiclyVisible: true);
    }

    public override int Status { get; }

    public override string ReasonPhrase { get; }

    public override bool IsError => Status >= 400;

    public override Stream ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public static List<TransactionPart> ReadAll(Response response)
    {
        var parts = new List<TransactionPart>();
        var text = response.Content.ToString().ReplaceLineEndings("\n");
        for (var start = text.IndexOf("HTTP/1.1 ", StringComparison.Ordinal); start >= 0;)
        {
            var next = text.IndexOf("\nHTTP/1.1 ", start, StringComparison.Ordinal);
            parts.Add(Read(next < 0 ? text[start..] : text[start..next]));
            start = next < 0 ? -1 : next + 1;
        }

        return parts;
    }

    public override void Dispose() => ContentStream.Dispose();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string value) => _headers.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string> values)
    {
        values = _headers.TryGetValue(name, out var value) ? [value] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => _headers.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => _headers.Select(pair => new HttpHeader(pair.Key, pair.Value));

    private static TransactionPart Read(string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? text : text[..end];
        var body = end < 0 ? "" : text[(end + 2)..];
        var boundary = body.IndexOf("\n--", StringComparison.Ordinal);
        return new TransactionPart(head.Split('\n'), boundary < 0 ? body : body[..boundary]);
    }
}
