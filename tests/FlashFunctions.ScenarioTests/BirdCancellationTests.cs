using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// Bird's “cancelled”: delivered where the call had rung or we had reported it verified, no matter who ended it; else undelivered.
/// </summary>
public sealed class BirdCancellationTests : IAsyncLifetime
{
    private static readonly Uri Webhook = new("http://service.test/webhooks/bird/");
    private readonly string _number = Phones.With(Phones.CallbacksLost);
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("DELIVERED", "starting", "ringing", "cancelled")]
    [InlineData("DELIVERED", "starting", "cancelled", "ringing")]
    [InlineData("DELIVERED", "ringing", "no-answer", "cancelled")]
    [InlineData("UNDELIVERED", "starting", "cancelled")]
    [InlineData("UNDELIVERED", "cancelled", "starting", "cancelled")]
    [InlineData("UNDELIVERED", "failed", "ringing")]
    public async Task A_cancelled_call_was_delivered_where_it_had_rung(string expected, params string[] statuses)
    {
        var id = await PlaceAsync();

        foreach (var status in statuses)
        {
            await ReportAsync(id, status);
        }

        Assert.Equal(expected, (await _service.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_after_it_was_reported_verified_was_delivered()
    {
        var id = await PlaceAsync();
        await _service.CheckAsync(id, _service.CodeOn(_number));
        await _service.PumpAsync();

        await ReportAsync(id, "cancelled");

        Assert.Equal(["verified"], _service.Simulator.Reports.Select(report => report.Result));
        Assert.Equal(("DELIVERED", "verified"), await StandingAsync(id));
    }

    [Fact]
    public async Task A_call_that_our_own_cancel_ended_before_it_rang_was_not_delivered()
    {
        var id = await PlaceAsync();
        await _service.CancelAsync(id);
        await _service.PumpAsync();

        await ReportAsync(id, "cancelled");

        Assert.Equal(("UNDELIVERED", "canceled"), await StandingAsync(id));
    }

    private async Task<string> PlaceAsync()
    {
        var id = await _service.VerifyByAsync(_number, "bird");
        await _service.PumpAsync();
        return id;
    }

    private async Task<(string Status, string Result)> StandingAsync(string id)
    {
        var request = await _service.ReadAsync(id);
        return (request.Text("status"), request.Text("result"));
    }

    private async Task ReportAsync(string id, string status)
    {
        var reference = (await _service.StoredAsync(id)).Attempts[0].Reference;
        var body = $$$"""{"service":"voice","event":"voice.outbound","payload":{"id":"{{{reference}}}","status":"{{{status}}}"}}""";
        var timestamp = _service.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}\n{Webhook}\n"), .. SHA256.HashData(Encoding.UTF8.GetBytes(body))];
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SimulatorDefaults.BirdSigningKey), signed));
        Assert.Equal(200, await _service.PostWebhookAsync(
            Webhook, body, ("messagebird-signature", signature), ("messagebird-request-timestamp", timestamp)));
    }
}
