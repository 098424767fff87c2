using System.Text.RegularExpressions;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Contract;

public sealed class ContentTypeTests : IAsyncLifetime
{
    private ManagedService _managed = null!;

    public async ValueTask InitializeAsync() => _managed = await ManagedService.StartAsync();

    public ValueTask DisposeAsync() => _managed.DisposeAsync();

    [Fact]
    public async Task Every_body_comes_with_its_type_and_in_UTF8()
    {
        using var client = _managed.Service.NewClient(null, null);
        var page = await client.GetStringAsync(new Uri("/console", UriKind.Relative));
        var files = Regex.Matches(page, """(src|href)="(?<path>console/[^"]+)""", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(file => $"/{file.Groups["path"].Value}")
            .ToArray();
        Assert.Contains(files, file => file.EndsWith(".svg", StringComparison.Ordinal));
        client.DefaultRequestHeaders.Add("x-functions-key", ManagedService.Key);

        string[] paths =
        [
            "/healthz", "/openapi.json", "/docs", "/console", "/v1/requests/none", "/manage/accounts", "/manage/accounts/none",
            "/manage/conversion?by=provider", "/manage/conversion?by=provider&format=csv", .. files,
        ];
        foreach (var path in paths)
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            var body = await answer.Content.ReadAsByteArrayAsync();
            var type = answer.Content.Headers.ContentType;

            Assert.NotEmpty(body);
            Assert.True(type?.CharSet == "utf-8", $"{path} is {type}");
            Assert.Equal(Expected(path), type.MediaType);
        }
    }

    private static string Expected(string path) => path switch
    {
        "/docs" or "/console" => "text/html",
        _ when path.EndsWith("csv", StringComparison.Ordinal) => "text/csv",
        _ when path.EndsWith(".js", StringComparison.Ordinal) => "text/javascript",
        _ when path.EndsWith(".css", StringComparison.Ordinal) => "text/css",
        _ when path.EndsWith(".svg", StringComparison.Ordinal) => "image/svg+xml",
        _ => "application/json",
    };
}
