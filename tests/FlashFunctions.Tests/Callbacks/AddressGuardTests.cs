using System.Net;
using System.Net.Sockets;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Callbacks;

public sealed class AddressGuardTests : IAsyncLifetime
{
    private readonly WebApplication _receiver;
    private readonly List<string> _resolved = [];
    private int _port;
    private int _received;

    public AddressGuardTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _receiver = builder.Build();
        _receiver.Urls.Add("http://127.0.0.1:0");
        _receiver.MapPost("/hook", () => Interlocked.Increment(ref _received));
        _receiver.MapPost("/redirect", () => Results.Redirect("/hook", preserveMethod: true));
    }

    public async ValueTask InitializeAsync()
    {
        await _receiver.StartAsync();
        _port = new Uri(_receiver.Urls.Single()).Port;
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task A_name_is_resolved_once_and_the_judged_address_is_connected_to()
    {
        // A second look-up would be told another address.
        var status = await PostAsync("/hook", allowLoopback: true, _ => [_resolved.Count == 1 ? "127.0.0.1" : "10.0.0.1"]);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["hook.example.com"], _resolved);
        Assert.Equal(1, _received);
    }

    [Fact]
    public async Task The_next_address_is_tried_when_one_does_not_answer()
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/hook", allowLoopback: true, _ => ["127.0.0.2", "127.0.0.1"]));
        Assert.Equal(1, _received);
    }

    [Theory]
    [InlineData(false, "127.0.0.1")]
    [InlineData(false, "::1")]
    [InlineData(false, "8.8.8.8", "127.0.0.1")]
    [InlineData(true, "127.0.0.1", "10.0.0.1")]
    [InlineData(true, "169.254.169.254")]
    [InlineData(true, "168.63.129.16")]
    [InlineData(true, "64:ff9b::7f00:1")]
    [InlineData(true, "8.8.8.8")] // public, but this is plain http
    public async Task A_name_with_any_address_that_is_not_allowed_is_not_connected_to(bool allowLoopback, params string[] addresses)
    {
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/hook", allowLoopback, _ => addresses));

        Assert.IsType<AddressRefusedException>(exception.InnerException);
        Assert.Equal(0, _received);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_literal_address_is_judged_by_the_connection_too(string host)
    {
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/hook", allowLoopback: false, _ => [], host));

        Assert.IsType<AddressRefusedException>(exception.InnerException);
        Assert.Empty(_resolved);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        Assert.Equal(HttpStatusCode.RedirectKeepVerb, await PostAsync("/redirect", allowLoopback: true, _ => ["127.0.0.1"]));
        Assert.Equal(0, _received);
    }

    [Fact]
    public async Task A_name_without_addresses_cannot_be_connected_to()
    {
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync("/hook", allowLoopback: true, _ => []));

        Assert.Equal(SocketError.HostNotFound, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
    }

    [Theory]
    [InlineData("Production", false, true, false)]
    [InlineData("Production", false, false, true)]
    [InlineData("Development", false, true, true)]
    [InlineData("Development", true, true, false)]
    [InlineData("Development", true, false, true)]
    public void Loopback_is_refused_at_start_in_production_and_on_Azure(string environment, bool onAzure, bool allowLoopback, bool starts)
    {
        var host = new HostApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment, DisableDefaults = true });
        host.Configuration["WEBSITE_SITE_NAME"] = onAzure ? "func-flash" : "";
        var check = new CallbackOptionsCheck(new DevelopmentMode(host.Environment, host.Configuration));

        Assert.Equal(starts, check.Validate(null, new CallbackOptions { AllowLoopback = allowLoopback }).Succeeded);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("8443, 65535", true)]
    [InlineData("0", false)]
    [InlineData("65536", false)]
    [InlineData("8443;9443", false)]
    [InlineData("https", false)]
    public void Ports_that_are_none_are_refused_at_start(string allowed, bool starts)
    {
        var host = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { EnvironmentName = "Production", DisableDefaults = true });

        Assert.Equal(starts, new CallbackOptionsCheck(new DevelopmentMode(host.Environment, host.Configuration))
            .Validate(null, new CallbackOptions { AllowedPorts = allowed }).Succeeded);
    }

    private async Task<HttpStatusCode> PostAsync(
        string path, bool allowLoopback, Func<string, string[]> addresses, string host = "hook.example.com")
    {
        var guard = new AddressGuard(Options.Create(new CallbackOptions { AllowLoopback = allowLoopback }), Resolve);
        using var client = new HttpClient(guard.CreateHandler());
        using var response = await client.PostAsync(new Uri($"http://{host}:{_port}{path}"), null);
        return response.StatusCode;

        Task<IPAddress[]> Resolve(string name, CancellationToken cancellationToken)
        {
            _resolved.Add(name);
            return Task.FromResult(addresses(name).Select(IPAddress.Parse).ToArray());
        }
    }
}
