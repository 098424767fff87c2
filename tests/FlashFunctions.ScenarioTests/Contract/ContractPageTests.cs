using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Contract;

public sealed class ContractPageTests : IAsyncLifetime
{
    private TestService _service = null!;
    private HttpClient _anybody = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _anybody = _service.NewClient(null, null);
    }

    public async ValueTask DisposeAsync()
    {
        _anybody.Dispose();
        await _service.DisposeAsync();
    }

    [Theory]
    [InlineData("/openapi.json", "application/json")]
    [InlineData("/docs", "text/html")]
    public async Task Anybody_gets_it_and_gets_it_again_only_when_it_has_changed(string path, string mediaType)
    {
        using var first = await GetAsync(path, null);
        using var second = await GetAsync(path, first.Headers.ETag);
        using var other = await GetAsync(path, new EntityTagHeaderValue("\"an-older-one\""));

        Assert.Equal(mediaType, first.Content.Headers.ContentType!.MediaType);
        Assert.True(first.Headers.CacheControl!.Public);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("/openapi.json")]
    [InlineData("/docs")]
    public async Task HEAD_answers_as_GET_without_a_body(string path)
    {
        using var got = await GetAsync(path, null);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await _anybody.SendAsync(request);

        Assert.Equal(
            (HttpStatusCode.OK, got.Headers.ETag, got.Content.Headers.ContentLength),
            (head.StatusCode, head.Headers.ETag, head.Content.Headers.ContentLength));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_page_holds_the_document_and_loads_nothing()
    {
        using var response = await GetAsync("/docs", null);
        var page = await response.Content.ReadAsStringAsync();

        var held = Regex.Match(
            page,
            """<script id="contract" type="application/json">(?<held>.*?)</script>""",
            RegexOptions.Singleline,
            TimeSpan.FromSeconds(5));
        Assert.Equal(
            JsonElement.Parse(ContractDocument.Instance.Text).GetProperty("info").GetRawText(),
            JsonElement.Parse(held.Groups["held"].Value).GetProperty("info").GetRawText());
        var outside = page.Replace(held.Value, "", StringComparison.Ordinal);
        Assert.DoesNotMatch("""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", outside);
        Assert.DoesNotContain("@import", outside, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", outside, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_runs_its_own_script_alone()
    {
        using var response = await GetAsync("/docs", null);
        var page = await response.Content.ReadAsStringAsync();

        var script = Regex.Match(
            page, "<script>(?<code>.*?)</script>", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Groups["code"].Value;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.Contains($"script-src 'sha256-{hash}';", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_wants_credentials_answers_nobody_without_them_and_all_else_does()
    {
        foreach (var operation
            in ContractDocument.Instance.Operations.Where(operation => !operation.Path.StartsWith("/webhooks/", StringComparison.Ordinal)))
        {
            using var body = new StringContent("{}", Encoding.UTF8, "application/json");
            var path = Regex.Replace(operation.Path, @"\{\w+}", "none", RegexOptions.None, TimeSpan.FromSeconds(1));
            using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path)
            {
                Content = operation.Method == "GET" ? null : body,
            };
            using var response = await _anybody.SendAsync(request);
            await ContractCheck.CheckAsync(response);

            Assert.True(
                (response.StatusCode == HttpStatusCode.Unauthorized) == operation.Schemes.Count > 0,
                $"{operation} answers {response.StatusCode}.");
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string path, EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        var response = await _anybody.SendAsync(request);
        await ContractCheck.CheckAsync(response);
        return response;
    }
}
