using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Revicom;

public sealed class RevicomProviderTests
{
    private const string Name = "revicom";
    private const string Reference = "063464ec-a34f-4558-90c5-984395000004";

    [Fact]
    public async Task A_flash_call_is_placed()
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        rig.Upstream.Answer(200, Contract.Read("Revicom", nameof(A_flash_call_is_placed), "response"));

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call("0123"));

        Assert.Equal(new PlaceOutcome.Accepted("063474ec-a34f-4558-90c5-984395000004"), outcome);
        Assert.Equal("POST", rig.Upstream.Only.Method);
        Assert.Equal("https://direct.revicom.ltd/api/v1/message", rig.Upstream.Only.Address);
        Assert.Equal("Basic cmV2aWNvbS10b2tlbg==", rig.Upstream.Only.Headers["Authorization"]);
        Contract.AssertSame(
            Contract.Read("Revicom", nameof(A_flash_call_is_placed), "request", CallbackUrl(rig)), rig.Upstream.Only.Body);
    }

    [Fact]
    public async Task Tags_sender_and_events_come_from_the_settings()
    {
        await using var rig = new ProviderRig(
        [
            .. ProviderRig.Revicom,
            ("Providers:Revicom:MaxCodeLength", "6"),
            ("Providers:Revicom:SenderName", "any sender"),
            ("Providers:Revicom:Tags", "tag1, tag_2"),
            ("Providers:Revicom:CallbackEvents", "delivered"),
        ]);
        rig.Upstream.Answer(200, Contract.Read("Revicom", nameof(A_flash_call_is_placed), "response"));

        await rig.PlaceAsync(Name, ProviderRig.Call("123456"));

        Contract.AssertSame(
            Contract.Read("Revicom", nameof(Tags_sender_and_events_come_from_the_settings), "request", CallbackUrl(rig)),
            rig.Upstream.Only.Body);
    }

    [Fact]
    public async Task It_carries_calls_with_four_digits_and_longer_ones_by_arrangement_and_waits_70_seconds()
    {
        await using var usual = new ProviderRig(ProviderRig.Revicom);
        await using var arranged = new ProviderRig([.. ProviderRig.Revicom, ("Providers:Revicom:MaxCodeLength", "5")]);

        Assert.Equal(
            new Capability(CodeSource.Ours, TimeSpan.FromSeconds(70)) { LeastWait = TimeSpan.FromSeconds(70) },
            usual.Provider(Name).CapabilityFor(Channel.Call, 4));
        Assert.Null(usual.Provider(Name).CapabilityFor(Channel.Call, 5));
        Assert.Null(usual.Provider(Name).CapabilityFor(Channel.Viber, 4));
        Assert.NotNull(arranged.Provider(Name).CapabilityFor(Channel.Call, 5));
        Assert.Null(arranged.Provider(Name).CapabilityFor(Channel.Call, 6));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("12345")]
    [InlineData("12x4")]
    [InlineData("١٢٣٤")]
    public async Task Digits_that_it_cannot_carry_are_never_sent(string? code)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        Assert.Equal(NotSentKind.Refused, Assert.IsType<PlaceOutcome.NotSent>(await rig.PlaceAsync(Name, ProviderRig.Call(code))).Kind);
        Assert.Empty(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData("""{"errors": true, "items": [{"code": 422}]}""")]
    [InlineData("""{"errors": true, "items": [{"messageUuid": "u", "code": "500"}]}""")]
    [InlineData("""{"errors": false, "items": [{"messageUuid": "u", "code": 400}]}""")]
    public async Task An_item_that_failed_in_a_200_is_not_sent(string body)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        rig.Upstream.Answer(200, body);

        Assert.Equal(NotSentKind.Refused, Assert.IsType<PlaceOutcome.NotSent>(await rig.PlaceAsync(Name, ProviderRig.Call("1234"))).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"errors": false}""")]
    [InlineData("""{"errors": true, "items": []}""")]
    [InlineData("""{"errors": false, "items": [null]}""")]
    [InlineData("""{"errors": false, "items": [{"code": 201}]}""")]
    [InlineData("""{"errors": false, "items": [{"messageUuid": "u"}]}""")]
    public async Task A_200_whose_item_cannot_be_read_is_unclear(string body)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        rig.Upstream.Answer(200, body);

        Assert.IsType<PlaceOutcome.Unclear>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
        Assert.Single(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData(401, 4012, "Bad credentials", NotSentKind.Account)]
    [InlineData(401, 4010, "Not Authenticated", NotSentKind.Account)]
    [InlineData(403, 4030, "Access Denied", NotSentKind.Account)]
    [InlineData(422, 4220, "Invalid content", NotSentKind.Refused)]
    [InlineData(400, 4000, "?", NotSentKind.Refused)]
    [InlineData(404, 4040, "?", NotSentKind.Refused)]
    [InlineData(429, 4290, "?", NotSentKind.Busy)]
    [InlineData(503, 5030, "?", NotSentKind.Temporary)]
    public async Task An_error_is_not_sent(int status, int code, string message, NotSentKind kind)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        rig.Upstream.Always(status, Error(code, message));

        Assert.Equal(kind, Assert.IsType<PlaceOutcome.NotSent>(await rig.PlaceAsync(Name, ProviderRig.Call("1234"))).Kind);
    }

    [Theory]
    [InlineData("Invalid msisdn")]
    [InlineData("destination: wrong MSISDN format")]
    public async Task A_number_that_it_names_as_bad_is_rejected(string message)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        rig.Upstream.Answer(422, Error(4220, message));

        Assert.IsType<PlaceOutcome.Rejected>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
    }

    [Fact]
    public async Task A_verified_number_is_reported()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Revicom, ("Providers:Revicom:ConversionToken", "conversion-token")]);
        rig.Upstream.Answer(200, Contract.Read("Revicom", "A_conversion_is_taken", "response"));

        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.Verified, Reference)));
        Assert.Equal("https://direct.i-dgtl.ru/api/v1/flashcall-conversion", rig.Upstream.Only.Address);
        Assert.Equal("Bearer conversion-token", rig.Upstream.Only.Headers["Authorization"]);
        Contract.AssertSame(Contract.Read("Revicom", nameof(A_verified_number_is_reported), "request"), rig.Upstream.Only.Body);
    }

    [Fact]
    public async Task A_wrong_code_is_reported()
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        rig.Upstream.Answer(200, Contract.Read("Revicom", "A_conversion_is_taken", "response"));

        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.WrongCode, Reference)));
        Assert.Equal("Bearer cmV2aWNvbS10b2tlbg==", rig.Upstream.Only.Headers["Authorization"]);
        Contract.AssertSame(Contract.Read("Revicom", nameof(A_wrong_code_is_reported), "request"), rig.Upstream.Only.Body);
    }

    [Theory]
    [InlineData(UpstreamVerdict.Timeout, Reference)]
    [InlineData(UpstreamVerdict.Canceled, Reference)]
    [InlineData(UpstreamVerdict.LinkOpened, Reference)]
    [InlineData(UpstreamVerdict.Verified, null)]
    public async Task What_it_has_no_result_or_no_message_for_is_not_reported(UpstreamVerdict verdict, string? reference)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(verdict, reference)));
        Assert.Empty(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData(200, """{"errors": true, "items": [{"code": 404}]}""", typeof(ReportOutcome.Failed))]
    [InlineData(200, "", typeof(ReportOutcome.Done))]
    [InlineData(422, """{"error": {"code": 4220, "msg": "Invalid content"}}""", typeof(ReportOutcome.Failed))]
    [InlineData(401, """{"error": {"code": 4012, "msg": "Bad credentials"}}""", typeof(ReportOutcome.Retry))]
    [InlineData(429, "", typeof(ReportOutcome.Retry))]
    [InlineData(500, "", typeof(ReportOutcome.Retry))]
    [InlineData(503, "", typeof(ReportOutcome.Retry))]
    public async Task A_report_is_tried_once_and_says_whether_to_come_again(int status, string body, Type expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        rig.Upstream.Answer(status, body);

        Assert.IsType(expected, await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.Verified, Reference)));
        Assert.Single(rig.Upstream.Requests);
    }

    private static string Error(int code, string message) => $$$"""{"error": {"code": {{{code}}}, "msg": "{{{message}}}"}}""";

    private static (string Name, string Value) CallbackUrl(ProviderRig rig) =>
        ("callbackUrl", rig.Callbacks.For(Name, ProviderRig.Call(null).Attempt));
}
