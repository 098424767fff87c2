using System.Globalization;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Unibell;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Tests.Providers;

/// <summary>“What an unclear answer means”, over real sockets.</summary>
public sealed class UnclearAnswerTests
{
    // Milliseconds: a wrong outcome can leave a test waiting for a time that stands still.
    private const int LongestTest = 30_000;

    private const string Taken = """{"requestId": "1", "from": "37282321234"}""";

    [Fact(Timeout = LongestTest)]
    public async Task A_connection_that_is_refused_is_not_sent()
    {
        await using var rig = Rig($"http://127.0.0.1:{RawServer.UnusedPort()}");

        AssertNeverLeft(await CallAsync(rig, TestContext.Current.CancellationToken), "ConnectionError");
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_name_that_does_not_exist_is_not_sent()
    {
        await using var rig = Rig("http://no-such-host.invalid");

        AssertNeverLeft(await CallAsync(rig, TestContext.Current.CancellationToken), "not connected");
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_TLS_handshake_that_fails_is_not_sent()
    {
        await using var server = new RawServer(connection => connection.WriteAsync("HTTP/1.1 400 What\r\n\r\n"));
        await using var rig = Rig($"https://127.0.0.1:{server.Port}");

        AssertNeverLeft(await CallAsync(rig, TestContext.Current.CancellationToken), "SecureConnectionError");
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_time_out_in_the_TLS_handshake_is_not_sent()
    {
        var isConnected = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            isConnected.TrySetResult();
            await connection.HangAsync();
        });
        await using var rig = Rig($"https://127.0.0.1:{server.Port}");
        var call = CallAsync(rig, TestContext.Current.CancellationToken);
        await isConnected.Task;

        rig.Time.Advance(TimeSpan.FromSeconds(10));

        AssertNeverLeft(await call, "time-out");
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_reset_after_the_request_left_is_unclear_and_the_request_left_once()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });
        await using var rig = Rig($"http://127.0.0.1:{server.Port}");

        Assert.IsType<PlaceOutcome.Unclear>(await PlaceAsync(rig, TestContext.Current.CancellationToken));
        Assert.Equal(1, server.Requests);
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_time_out_after_the_request_left_is_unclear()
    {
        var isReceived = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            isReceived.TrySetResult();
            await connection.HangAsync();
        });
        await using var rig = Rig($"http://127.0.0.1:{server.Port}");
        var call = PlaceAsync(rig, TestContext.Current.CancellationToken);
        await isReceived.Task;

        rig.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(call.IsCompleted);
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<PlaceOutcome.Unclear>(await call);
        Assert.Equal(1, server.Requests);
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_pooled_connection_that_closes_under_a_request_is_unclear_and_the_request_is_not_repeated()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, Taken);
            await connection.ReadRequestAsync();
        });
        await using var rig = Rig($"http://127.0.0.1:{server.Port}");

        Assert.IsType<PlaceOutcome.Accepted>(await PlaceAsync(rig, TestContext.Current.CancellationToken));
        Assert.IsType<PlaceOutcome.Unclear>(await PlaceAsync(rig, TestContext.Current.CancellationToken));
        Assert.Equal(2, server.Requests);
    }

    [Fact(Timeout = LongestTest)]
    public async Task However_often_pooled_connections_close_no_request_is_received_twice()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, Taken);
        });
        await using var rig = Rig($"http://127.0.0.1:{server.Port}");

        var outcomes = new List<PlaceOutcome>();
        for (var i = 0; i < 50; i++)
        {
            outcomes.Add(await PlaceAsync(rig, TestContext.Current.CancellationToken));
        }

        // A close that races with the next request makes that unclear; what was accepted was received once, and nothing more was.
        var accepted = outcomes.Count(outcome => outcome is PlaceOutcome.Accepted);
        var unclear = outcomes.Count(outcome => outcome is PlaceOutcome.Unclear);
        Assert.Equal(50, accepted + unclear);
        Assert.InRange(server.Requests, accepted, 50);
    }

    [Theory(Timeout = LongestTest)]
    [InlineData(200)]
    [InlineData(500)]
    public async Task An_answer_that_breaks_off_is_unclear(int status)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync($"HTTP/1.1 {status} X\r\nContent-Length: 500\r\n\r\n{Taken}");
        });
        await using var rig = Rig($"http://127.0.0.1:{server.Port}");

        Assert.IsType<PlaceOutcome.Unclear>(await PlaceAsync(rig, TestContext.Current.CancellationToken));
        Assert.Equal(1, server.Requests);
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_503_is_not_sent_even_when_it_breaks_off()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 503 X\r\nRetry-After: 30\r\nContent-Length: 500\r\n\r\nbusy");
        });
        await using var rig = Rig($"http://127.0.0.1:{server.Port}");

        var outcome = Assert.IsType<PlaceOutcome.NotSent>(await PlaceAsync(rig, TestContext.Current.CancellationToken));

        Assert.Equal(TimeSpan.FromSeconds(30), outcome.RetryAfter);
        Assert.Equal(1, server.Requests);
    }

    [Fact(Timeout = LongestTest)]
    public async Task A_redirect_is_not_followed()
    {
        await using var other = new RawServer(connection => connection.HangAsync());
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:{other.Port}/\r\nContent-Length: 0\r\n\r\n"));
        });
        await using var rig = Rig($"http://127.0.0.1:{server.Port}");

        Assert.IsType<PlaceOutcome.NotSent>(await PlaceAsync(rig, TestContext.Current.CancellationToken));
        Assert.Equal((1, 0), (server.Requests, other.Requests));
    }

    private static ProviderRig Rig(string baseAddress) =>
        new(
            "Development",
            realSockets: true,
            [
                .. ProviderRig.Unibell, ("Providers:Unibell:BaseAddress", baseAddress),
                ("Providers:Unibell:Circuit:MinimumThroughput", "10000")
            ]);

    // One try, without the retries that the pipeline would wait for.
    private static Task<Exchange> CallAsync(ProviderRig rig, CancellationToken cancellationToken) =>
        rig.Services.GetRequiredService<UnibellClient>()
            .FlashCallAsync(new FlashCallRequest("+14085553911", 1234, 60_000), cancellationToken);

    // Time stands still but for the provider's rate, so that nothing times out on a slow machine.
    private static Task<PlaceOutcome> PlaceAsync(ProviderRig rig, CancellationToken cancellationToken)
    {
        rig.Time.Advance(TimeSpan.FromMilliseconds(100));
        return rig.Provider("unibell").PlaceAsync(ProviderRig.Call("1234"), cancellationToken);
    }

    private static void AssertNeverLeft(Exchange exchange, string reason)
    {
        Assert.Contains(reason, Assert.IsType<Exchange.NeverLeft>(exchange).Reason, StringComparison.Ordinal);
        Assert.Equal(
            NotSentKind.Temporary,
            Assert.IsType<PlaceOutcome.NotSent>(Outcomes.Place(exchange, Outcomes.Unreadable, Outcomes.Unreadable)).Kind);
    }
}
