using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>A managed identity instead of a key, against a small https server that notes what it is shown.</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _shown = [];
    private readonly X509Certificate2 _certificate = SelfSigned();
    private WebApplication? _server;
    private string _address = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Run(context =>
        {
            _shown.Enqueue(context.Request.Headers.Authorization.ToString());
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        await _server.StartAsync();
        _address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task Both_services_are_shown_a_token_for_storage()
    {
        var credential = new FakeCredential();
        await using var storage = Storing(credential);

        Assert.Null(await storage.Requests.ReadAsync(new("p", "r"), CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => storage.Queue(QueueNames.Dispatch).SendAsync("job", TimeSpan.Zero, CancellationToken.None));

        Assert.Equal(
            ["Bearer token-for-https://storage.azure.com/.default", "Bearer token-for-https://storage.azure.com/.default"], _shown);
    }

    [Fact]
    public async Task An_identity_that_gets_no_token_is_an_outage()
    {
        await using var storage = Storing(new FakeCredential { Fails = true });

        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.ReadAsync(new("p", "r"), CancellationToken.None));

        Assert.Empty(_shown);
    }

    private static X509ChainPolicy Trusting(X509Certificate2 certificate) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { certificate },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private StorageUnderTest Storing(TokenCredential credential) => new(
        new(StringComparer.Ordinal) { ["Storage:tableServiceUri"] = _address, ["Storage:queueServiceUri"] = _address },
        services =>
        {
            services.AddSingleton(credential);
            services.AddSingleton<HttpPipelineTransport>(_ => new HttpClientTransport(new HttpClient(new SocketsHttpHandler
            {
                SslOptions = { CertificateChainPolicy = Trusting(_certificate) },
            })));
        });

    private sealed class FakeCredential : TokenCredential
    {
        public bool Fails { get; init; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            Fails
                ? throw new CredentialUnavailableException("There is no identity here.")
                : new AccessToken("token-for-" + requestContext.Scopes.Single(), TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
