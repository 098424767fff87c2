using System.Text;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Unibell;

public sealed class UnibellProviderTests
{
    private const string Name = "unibell";

    [Fact]
    public async Task A_flash_call_is_placed()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Answer(200, Contract.Read("Unibell", nameof(A_flash_call_is_placed), "response"));

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call("1234"));

        Assert.Equal(new PlaceOutcome.Accepted("kq7w2", "37282321234"), outcome);
        Assert.Equal("POST", rig.Upstream.Only.Method);
        Assert.Equal("https://api.unibell.ru/apps/flash/calls/flash", rig.Upstream.Only.Address);
        Assert.Equal("AccessKey unibell-key", rig.Upstream.Only.Headers["X-Authorization"]);
        Assert.Equal("application/json", rig.Upstream.Only.Headers["Content-Type"]);
        Contract.AssertSame(Contract.Read("Unibell", nameof(A_flash_call_is_placed), "request"), rig.Upstream.Only.Body);
    }

    [Fact]
    public async Task A_numeric_request_id_and_a_trailing_comma_are_read()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Answer(200, Contract.Read("Unibell", nameof(A_numeric_request_id_and_a_trailing_comma_are_read), "response"));

        Assert.Equal(new PlaceOutcome.Accepted("7700341", "37282321234"), await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
    }

    [Theory]
    [InlineData("0123")]
    [InlineData("123")]
    [InlineData("12345")]
    [InlineData("12a4")]
    [InlineData("+123")]
    [InlineData(null)]
    public async Task Digits_that_its_JSON_number_cannot_carry_are_never_sent(string? code)
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call(code));

        Assert.Equal(NotSentKind.Refused, Assert.IsType<PlaceOutcome.NotSent>(outcome).Kind);
        Assert.Empty(rig.Upstream.Requests);
    }

    [Fact]
    public async Task It_carries_calls_with_four_digits_that_do_not_begin_with_0()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        var provider = rig.Provider(Name);

        Assert.Equal(
            new Capability(CodeSource.Ours, TimeSpan.FromSeconds(30), NoLeadingZero: true, TellsCaller: true),
            provider.CapabilityFor(Channel.Call, 4));
        Assert.Null(provider.CapabilityFor(Channel.Call, 5));
        Assert.Null(provider.CapabilityFor(Channel.Sms, 4));
    }

    [Theory]
    [InlineData(401, 1, NotSentKind.Account)]
    [InlineData(400, 2, NotSentKind.Account)]
    [InlineData(429, 4, NotSentKind.Busy)]
    [InlineData(401, 5, NotSentKind.Account)]
    [InlineData(403, 6, NotSentKind.Account)]
    [InlineData(400, 10, NotSentKind.Refused)]
    [InlineData(400, 16, NotSentKind.Refused)]
    [InlineData(400, 99, NotSentKind.Refused)]
    [InlineData(403, 99, NotSentKind.Account)]
    [InlineData(503, 99, NotSentKind.Temporary)]
    public async Task An_error_of_the_table_is_not_sent(int status, int errorCode, NotSentKind kind)
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Always(status, $$"""{"errorCode" : "{{errorCode}}", "errorReason" : "…",}""");

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call("1234"));

        Assert.Equal(kind, Assert.IsType<PlaceOutcome.NotSent>(outcome).Kind);
    }

    [Fact]
    public async Task An_invalid_number_is_rejected()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Answer(400, """{"errorCode": 11, "errorReason": "Invalid number"}""");

        Assert.IsType<PlaceOutcome.Rejected>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(502, """{"errorCode": 11}""")]
    [InlineData(504, "")]
    [InlineData(408, "")]
    [InlineData(303, "")]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "null")]
    [InlineData(200, """{"from": "37282321234"}""")]
    [InlineData(200, """{"requestId": " "}""")]
    [InlineData(200, """{"requestId": {"a": 1}}""")]
    [InlineData(202, """{"requestId": """)]
    public async Task An_answer_that_does_not_say_whether_it_called_is_unclear_and_not_repeated(int status, string body)
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Answer(status, body);

        Assert.IsType<PlaceOutcome.Unclear>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
        Assert.Single(rig.Upstream.Requests);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_and_an_endless_answer_are_unclear()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Answer(200, [.. "{\"requestId\": \""u8, 0xff, 0xfe, .. "\"}"u8]);
        rig.Upstream.Answer(200, $$"""{"requestId": "{{new string('x', 70_000)}}"}""");

        Assert.IsType<PlaceOutcome.Unclear>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
        Assert.IsType<PlaceOutcome.Unclear>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
    }

    [Fact]
    public async Task A_byte_order_mark_is_read_over()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Answer(200, [.. Encoding.UTF8.Preamble, .. """{"requestId": 1}"""u8]);

        Assert.Equal(new PlaceOutcome.Accepted("1"), await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
    }

    [Fact]
    public async Task A_base_address_that_has_moved_is_a_matter_for_the_operator()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);
        rig.Upstream.Answer(307, "", ("Location", "https://elsewhere.example/"));

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call("1234"));

        Assert.Equal(NotSentKind.Account, Assert.IsType<PlaceOutcome.NotSent>(outcome).Kind);
        Assert.Single(rig.Upstream.Requests);
    }

    [Fact]
    public async Task It_takes_no_reports()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        Assert.IsNotAssignableFrom<ITakeReports>(rig.Provider(Name));
    }
}
