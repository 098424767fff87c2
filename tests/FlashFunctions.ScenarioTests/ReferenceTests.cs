using FlashFunctions.Core.Requests;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>The account's own id of a request: kept, shown, told, and searched by within the account.</summary>
public sealed class ReferenceTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;
    private readonly string _number = shared.NewPhone();

    /// <summary>Another one for each test.</summary>
    private string Reference => $"order #{_number[1..]} ~";

    [Theory]
    [InlineData("verify", ",\"method\":\"call\"")]
    [InlineData("calls/flash", "")]
    [InlineData("calls/p2s", ",\"code\":\"1234\"")]
    [InlineData("calls/t2s", ",\"text\":\"Hello\"")]
    [InlineData("sms", ",\"text\":\"Hello\"")]
    [InlineData("messaging/push", ",\"text\":\"Hello\"")]
    [InlineData("messaging/viber", ",\"text\":\"Hello\"")]
    [InlineData("messaging/rcs", ",\"text\":\"Hello\"")]
    [InlineData("messaging/failover", ",\"flow\":[{\"type\":\"sms\",\"message\":{\"text\":\"Hello\"}}]")]
    [InlineData("insight/hlr", "")]
    [InlineData("insight/fraudcheck", "")]
    public async Task Every_call_that_creates_something_takes_it_and_a_read_and_the_index_of_its_account_know_it(string path, string more)
    {
        var given = $"\"number\":\"{_number}\",\"reference\":\"{Reference}\"";
        using var other = await _service.AddAccountAsync($"other-{_number[1..]}");
        var answer = await _service.PostAsync($"/v1/{path}", $"{{{given}{more}}}");
        Assert.True(answer.Status is 200 or 202, answer.Body);
        var id = answer.Json.TryGetProperty("requestId", out var requestId) ? requestId.GetString()! : answer.Text("id");
        Assert.True((await _service.PostAsync("/v1/sms", $$"""{{{given}},"text":"Hello"}""", other)).Status == 202);

        Assert.Equal(Reference, (await _service.ReadAsync(id)).Text("reference"));
        Assert.Equal(id, Assert.Single(await OfReferenceAsync("development")).Request.Text);
        Assert.Equal($"other-{_number[1..]}", Assert.Single(await OfReferenceAsync($"other-{_number[1..]}")).Account);
        Assert.Empty(await OfReferenceAsync("nobody"));
    }

    [Theory]
    [InlineData("\"12345678901234567890123456789012345678901234567890123456789012345\"")]
    [InlineData("\"caf\u00e9\"")]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("{}")]
    public async Task What_is_too_long_or_not_printable_is_refused_by_name(string value)
    {
        foreach (var path in (string[])["verify", "calls/flash", "sms", "insight/hlr"])
        {
            var answer = await _service.PostAsync(
                $"/v1/{path}", $$"""{"number":"{{_number}}","method":"call","text":"Hello","reference":{{value}}}""");
            Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
            Assert.True(answer.Names("reference"), answer.Body);
        }
    }

    [Fact]
    public async Task Callbacks_repeat_it()
    {
        await using var receiver = await Receiver.StartAsync();
        await _service.VerifyAsync(_number, $$""","callbackUrl":"{{receiver.Address}}","reference":"{{Reference}}" """);
        await _service.PumpAsync();

        Assert.NotEmpty(receiver.All);
        Assert.All(receiver.All, told => Assert.Equal(Reference, told.Text("reference")));
    }

    private ValueTask<List<IndexEntry>> OfReferenceAsync(string account) =>
        _service.Service<RequestIndex>().OfReferenceAsync(account, Reference, CancellationToken.None).ToListAsync();
}
