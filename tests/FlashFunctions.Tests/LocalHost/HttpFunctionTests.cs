using FlashFunctions.LocalHost.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.LocalHost;

public sealed class HttpFunctionTests
{
    private static readonly KeyValuePair<string, string?> Key = new("LocalHost:FunctionKey", "letmein");
    private static readonly KeyValuePair<string, string?> DevelopmentKey = new("LocalHost:FunctionKey", ServiceHost.DevelopmentFunctionKey);

    [Theory]
    [InlineData("GET", "/v1/items/42", "GET item 42")]
    [InlineData("POST", "/v1/items/42", "POST item 42")]
    [InlineData("GET", "/v1/items/a%20b", "GET item a b")]
    [InlineData("GET", "/V1/Items/42", "GET item 42")]
    [InlineData("GET", "/v1/typed/-7/0f8fad5b-d9cb-469f-a165-70867728950e?more=x", "-7 0f8fad5b-d9cb-469f-a165-70867728950e x")]
    [InlineData("PATCH", "/v1/rest/a/b/c", "PATCH rest a/b/c")]
    [InlineData("GET", "/v1/rest", "GET rest none")]
    [InlineData("GET", "/Named", "/Named")]
    public async Task A_request_reaches_the_function_of_its_route_and_method(string method, string path, string answer)
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal((200, answer), await host.SendAsync(method, path));
    }

    [Fact]
    public async Task A_literal_route_wins_over_a_parameter()
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal((200, "POST check"), await host.SendAsync("POST", "/v1/items/check"));
    }

    [Fact]
    public async Task A_literal_route_that_does_not_take_the_method_leaves_it_to_the_parameter()
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal((200, "GET item check"), await host.SendAsync("GET", "/v1/items/check"));
    }

    [Theory]
    [InlineData("DELETE", "/v1/items/42")]
    [InlineData("HEAD", "/v1/items/42")]
    [InlineData("GET", "/v1/items")]
    [InlineData("GET", "/v1/typed/many/0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("GET", "/v1/typed/99999999999/0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("GET", "/api/v1/items/42")]
    [InlineData("GET", "/")]
    [InlineData("TRACE", "/v1/items/42")]
    [InlineData("OPTIONS", "/v1/items/42")]
    [InlineData("MADEUP", "/v1/items/42")]
    public async Task What_no_function_declares_is_not_found(string method, string path)
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal((404, ""), await host.SendAsync(method, path));
    }

    [Fact]
    public async Task Without_host_json_routes_begin_with_api()
    {
        await using var host = await SampleHost.StartAsync(hostJson: "no-such-host.json");

        Assert.Equal((200, "GET item 42"), await host.SendAsync("GET", "/api/v1/items/42"));
        Assert.Equal((404, ""), await host.SendAsync("GET", "/v1/items/42"));
    }

    [Theory]
    [InlineData("/v1/function-key")]
    [InlineData("/v1/admin-key")]
    public async Task A_function_that_is_not_anonymous_wants_the_key(string path)
    {
        await using var host = await SampleHost.StartAsync(settings: Key);

        Assert.Equal((200, path), await host.SendAsync("GET", path, null, ("x-functions-key", "letmein")));
        Assert.Equal((401, ""), await host.SendAsync("GET", path));
        Assert.Equal((401, ""), await host.SendAsync("GET", path, null, ("x-functions-key", "letmei")));
        Assert.Equal((401, ""), await host.SendAsync("GET", path + "?code=letmein"));
        Assert.Equal((401, ""), await host.SendAsync("GET", path + "?code=letmein", null, ("x-functions-key", "")));
    }

    [Theory]
    [InlineData("Development", 200)]
    [InlineData("Development", 200, "Host", "LOCALHOST:7071")]
    [InlineData("Development", 200, "Host", "[::1]:7071")]
    [InlineData("Development", 401, "Host", "elsewhere.example.com")]
    [InlineData("Development", 401, "Host", "localhost.example.com")]
    [InlineData("Development", 401, "Host", "192.0.2.1")]
    [InlineData("Development", 401, "X-Forwarded-For", "192.0.2.1")]
    [InlineData("Development", 401, "Forwarded", "for=192.0.2.1")]
    [InlineData("Production", 401)]
    [InlineData("Staging", 401)]
    public async Task The_development_key_counts_in_development_and_from_this_machine_alone(
        string environment, int status, string? header = null, string? value = null)
    {
        await using var host = await SampleHost.StartAsync(environment: environment, settings: DevelopmentKey);
        List<(string, string)> headers = [("x-functions-key", ServiceHost.DevelopmentFunctionKey)];
        if (header is not null)
        {
            headers.Add((header, value!));
        }

        Assert.Equal(status, (await host.SendAsync("GET", "/v1/function-key", null, [.. headers])).Status);
    }

    [Fact]
    public async Task With_no_key_configured_nobody_has_it()
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal((401, ""), await host.SendAsync("GET", "/v1/function-key", null, ("x-functions-key", "")));
        Assert.Equal((401, ""), await host.SendAsync("GET", "/v1/function-key?code="));
    }

    [Fact]
    public async Task A_function_that_throws_answers_500_and_tells_nothing()
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal((500, ""), await host.SendAsync("GET", "/v1/broken"));
    }

    [Fact]
    public async Task A_body_is_the_functions_to_read_however_long()
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal((202, ""), await host.SendAsync("POST", "/v1/count", new string('x', 31_000_000)));
        Assert.Equal("counted 31000000", await host.Journal.NextAsync());
    }

    [Fact]
    public async Task Each_log_entry_is_one_line_with_its_time_in_UTC()
    {
        await using var host = await SampleHost.StartAsync();

        var console = host.App.Services.GetRequiredService<IOptionsMonitor<SimpleConsoleFormatterOptions>>().CurrentValue;

        Assert.Equal((true, true), (console.SingleLine, console.UseUtcTimestamp));
        Assert.Matches("^2026-11-28T09:08:07.006Z $", new DateTime(2026, 11, 28, 9, 8, 7, 6, DateTimeKind.Utc).ToString(
            console.TimestampFormat, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_server_does_not_say_what_it_is()
    {
        await using var host = await SampleHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.App.Address };

        using var response = await client.GetAsync(new Uri("/v1/items/1", UriKind.Relative));

        Assert.False(response.Headers.Contains("Server"));
        Assert.Equal("127.0.0.1", host.App.Address.Host);
    }
}
