using System.Net;

namespace FlashFunctions.Simulator;

/// <summary>A port on 127.0.0.1 that can be closed, so that connections are refused, and opened again.</summary>
internal sealed class SimulatorListener(int port, Action<IEndpointRouteBuilder> map) : IAsyncDisposable
{
    private WebApplication? _app;
    private int _port = port;

    /// <summary>Where it listens, or last did.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        map(app);
        await app.StartAsync(cancellationToken);
        _app = app;
        _port = new Uri(app.Urls.First()).Port;
    }

    /// <summary>Closes the port and cuts its connections.</summary>
    public async Task CloseAsync()
    {
        if (_app is not { } app)
        {
            return;
        }

        _app = null;
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();
}
