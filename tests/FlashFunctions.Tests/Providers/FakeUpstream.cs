using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace FlashFunctions.Tests.Providers;

/// <summary>
/// The other end of a provider's client: answers what the test scripted, keeps what was asked, and refuses what was not scripted.
/// </summary>
internal sealed class FakeUpstream : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<HttpResponseMessage>> _answers = new();
    private Func<HttpResponseMessage>? _always;

    public List<SentRequest> Requests { get; } = [];

    public SentRequest Only => Assert.Single(Requests);

    public FakeUpstream Answer(int status, string body = "", params (string Name, string Value)[] headers) =>
        Answer(status, Encoding.UTF8.GetBytes(body), headers);

    public FakeUpstream Answer(int status, byte[] body, params (string Name, string Value)[] headers)
    {
        _answers.Enqueue(() => Response(status, body, headers));
        return this;
    }

    public FakeUpstream Always(int status, string body = "", params (string Name, string Value)[] headers)
    {
        _always = () => Response(status, Encoding.UTF8.GetBytes(body), headers);
        return this;
    }

    public FakeUpstream AlwaysThrow(Exception failure)
    {
        _always = () => throw failure;
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Requests.Add(new SentRequest(
            request.Method.Method,
            request.RequestUri!.AbsoluteUri,
            request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
                .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            body));
        return _answers.TryDequeue(out var answer) ? answer()
            : _always is { } always ? always()
            : throw new InvalidOperationException($"Nobody scripted an answer to {request.Method} {request.RequestUri}.");
    }

    private static HttpResponseMessage Response(int status, byte[] body, (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}

internal sealed record SentRequest(string Method, string Address, IReadOnlyDictionary<string, string> Headers, byte[] Body);
