using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Contract;

/// <summary>How the console's page and files are served. What they do is tested in a browser.</summary>
public sealed class ConsoleTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly HttpClient _anybody = shared.Service.NewClient(null, null);

    [Fact]
    public async Task The_page_runs_and_loads_what_is_its_own_alone()
    {
        using var page = await SendAsync("/console");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("unsafe|https?:|\\*|data:", policy);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task Each_file_that_the_page_names_is_kept_for_good_at_an_address_of_its_version()
    {
        var names = await NamesAsync();

        Assert.Contains(names, name => name.EndsWith("/app.js", StringComparison.Ordinal));
        foreach (var name in names)
        {
            using var file = await SendAsync($"/{name}");
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.Equal(TypeOf(name), file.Content.Headers.ContentType!.MediaType);
            Assert.Contains("immutable", file.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            Assert.StartsWith(
                "default-src 'none'", Assert.Single(file.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_browser_that_has_it_gets_it_again_only_when_it_has_changed()
    {
        foreach (var path in new[] { "/console", $"/{(await NamesAsync())[0]}" })
        {
            using var first = await SendAsync(path);
            using var again = await SendAsync(path, known: first.Headers.ETag);
            using var other = await SendAsync(path, known: new EntityTagHeaderValue("\"an-older-one\""));

            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync());
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
    }

    [Fact]
    public async Task The_page_itself_is_asked_for_each_time()
    {
        using var page = await SendAsync("/console");

        Assert.True(page.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task HEAD_answers_as_GET_without_a_body()
    {
        foreach (var path in new[] { "/console", $"/{(await NamesAsync())[0]}" })
        {
            using var got = await SendAsync(path);
            using var head = await SendAsync(path, HttpMethod.Head);

            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal(got.Headers.ETag, head.Headers.ETag);
            Assert.Equal(got.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task A_browser_that_reads_gzip_gets_less()
    {
        var name = (await NamesAsync()).First(each => each.EndsWith("console.css", StringComparison.Ordinal));
        using var plain = await SendAsync($"/{name}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{name}");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var compressed = await _anybody.SendAsync(request);

        Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);
        Assert.True(compressed.Content.Headers.ContentLength < plain.Content.Headers.ContentLength / 2);
        Assert.NotEqual(plain.Headers.ETag, compressed.Headers.ETag);
    }

    [Theory]
    [InlineData("nothing.js")]
    [InlineData("index.html")]
    [InlineData("../openapi.json")]
    [InlineData("..%2Fopenapi.json")]
    [InlineData("%2e%2e/%2e%2e/host.json")]
    [InlineData("..%5c..%5chost.json")]
    [InlineData("pages")]
    [InlineData("/etc/passwd")]
    [InlineData("app.js%00.css")]
    public async Task What_is_no_file_of_the_console_is_not_found(string path)
    {
        var hash = (await NamesAsync())[0].Split('/')[1];
        var address = new Uri(
            $"{_anybody.BaseAddress}console/{hash}/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var response = await _anybody.GetAsync(address);

        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{response.StatusCode}");
    }

    [Fact]
    public async Task A_file_of_another_version_is_answered_with_the_one_of_today_and_not_kept()
    {
        using var file = await SendAsync("/console/0000000000000000/app.js");

        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.True(file.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task A_slash_at_the_end_leads_to_the_page()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = _anybody.BaseAddress };
        using var response = await client.GetAsync(new Uri("/console/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(new Uri(_anybody.BaseAddress!, "/console"), new Uri(response.RequestMessage!.RequestUri!, response.Headers.Location!));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript",
        ".css" => "text/css",
        _ => "image/svg+xml",
    };

    /// <summary>The files that the page loads, by their address.</summary>
    private async Task<string[]> NamesAsync()
    {
        using var page = await SendAsync("/console");
        return
        [
            .. Regex.Matches(
                await page.Content.ReadAsStringAsync(), "(?:src|href)=\"(?<name>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(5))
                .Select(match => match.Groups["name"].Value),
        ];
    }

    private async Task<HttpResponseMessage> SendAsync(string path, HttpMethod? method = null, EntityTagHeaderValue? known = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        var response = await _anybody.SendAsync(request);
        await ContractCheck.CheckAsync(response);
        return response;
    }
}
