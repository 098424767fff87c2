using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Security;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Parameters;

/// <summary>Every field that the source document's provider calls us with reaches the account under the same name.</summary>
public sealed class CallbackRowTests : IAsyncLifetime
{
    private const string Number = "+37253000096";

    /// <summary>The document's own callback, with its number and id replaced by ours; it is shown as what the account gets.</summary>
    private static readonly Dictionary<string, object> Call = new(StringComparer.Ordinal)
    {
        ["requestId"] = "",
        ["number"] = Number,
        ["mccmnc"] = "282002",
        ["status"] = "DELIVERED",
        ["sipStatus"] = 200L,
        ["timestamp"] = 1_656_666_364L,
        ["callCreatedAt"] = 1_656_666_328L,
        ["callRingStartedAt"] = 1_656_666_334L,
        ["callAnsweredAt"] = 1_656_666_347L,
        ["callEndedAt"] = 1_656_666_364L,
        ["billable"] = true,
        ["duration"] = 17L,
    };

    private static readonly Dictionary<string, object> Message = new(StringComparer.Ordinal)
    {
        ["from"] = "447700900001",
        ["to"] = "447700900000",
        ["messageId"] = "fffeee-qqdqqq-gfrgrgr-vvvvvvv",
        ["text"] = "Hello world",
        ["timestamp"] = 1_578_787_200L,
        ["parts"] = 3L,
    };

    private Receiver _receiver = null!;
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _service = await TestService.StartAsync(new Settings { ["Routing:Order:call"] = "lanck" });
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public void Every_documented_field_has_a_row()
    {
        Assert.Equal(DocumentedParameters.OfCallbacks["callback"], Call.Keys);
        Assert.Equal(DocumentedParameters.OfCallbacks["inbound-sms"], Message.Keys);
    }

    [Theory]
    [InlineData("calls/flash", "", "ANSWERED", "DELIVERED")]
    [InlineData("calls/p2s", ",\"code\":\"1234\"", "ANSWERED", "DELIVERED")]
    [InlineData("calls/t2s", ",\"text\":\"Hi\"", "ANSWERED", "DELIVERED")]
    [InlineData("calls/t2s", ",\"text\":\"Hi\"", "UNDELIVERED", "UNDELIVERED")]
    [InlineData("calls/t2s", ",\"text\":\"Hi\"", "REJECTED", "UNDELIVERED")]
    public async Task A_calls_callback_reaches_the_account(string endpoint, string more, string reported, string told)
    {
        var id = await StartAsync(endpoint, more);
        var body = new Dictionary<string, object>(Call, StringComparer.Ordinal)
        {
            ["requestId"] = _service.Simulator.Phone(Number)!.History[^1].Reference,
            ["status"] = reported,
        };

        await ReportAsync(id, body);

        // The time is that of our own report.
        var expected = new Dictionary<string, object>(Call, StringComparer.Ordinal)
        {
            ["requestId"] = id,
            ["status"] = told,
            ["timestamp"] = _service.Clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        AssertTold(expected);
    }

    [Theory]
    [InlineData("SENT")]
    [InlineData("DELIVERED")]
    [InlineData("UNDELIVERED")]
    [InlineData("REJECTED")]
    public async Task A_messages_status_reaches_the_account_as_named(string status)
    {
        var id = await StartAsync("sms", ",\"text\":\"Hi\"");

        await ReportAsync(id, new(StringComparer.Ordinal) { ["status"] = status, ["number"] = Number, ["timestamp"] = 1_656_666_364L });

        AssertTold(new(StringComparer.Ordinal) { ["requestId"] = id, ["number"] = Number, ["status"] = status });
    }

    [Fact]
    public async Task An_inbound_message_reaches_the_owner_of_the_number()
    {
        var to = $"+{Message["to"]}";
        await _service.Service<AccountStore>().AddAsync(
            new Account
            {
                Id = "owner",
                CallbackSecrets = [WebhookSecret.Generate()],
                Numbers = [to],
                InboundSmsAddress = _receiver.Address,
            },
            default);
        Assert.True(await _service.Service<OwnedNumbers>().ClaimAsync("owner", to, default));
        Assert.Equal(200, await _service.PostWebhookAsync(
            new Uri($"http://service.test/webhooks/lanck/inbound-sms/{ServiceHost.InboundSmsToken}"), JsonSerializer.Serialize(Message)));
        await _service.PumpAsync();

        AssertTold(Message);
    }

    private async Task<string> StartAsync(string endpoint, string more)
    {
        var answer = await _service.PostAsync(
            $"/v1/{endpoint}", $$"""{"number":"{{Number}}","callbackUrl":"{{_receiver.Address}}"{{more}}}""");
        await _service.PumpAsync();
        return answer.Text("requestId");
    }

    private async Task ReportAsync(string id, Dictionary<string, object> body)
    {
        var address = _service.Service<CallbackAddresses>().For("lanck", new AttemptKey(id, 0));
        Assert.Equal(200, await _service.PostWebhookAsync(new Uri(address), JsonSerializer.Serialize(body)));
        await _service.PumpAsync();
    }

    private void AssertTold(Dictionary<string, object> expected)
    {
        var told = JsonElement.Parse(_receiver.All[^1].Body);
        foreach (var (name, value) in expected)
        {
            Assert.True(
                JsonElement.DeepEquals(JsonSerializer.SerializeToElement(value), told.GetProperty(name)),
                $"{name}: {told.GetProperty(name)}");
        }
    }
}
