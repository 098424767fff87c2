using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckVerificationTests
{
    [Fact]
    public async Task A_delegated_verification_is_started()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, """{"requestId" : "wp9RPWDGZkskBrVeTc4lgNCc4e79fc65"}""");
        var placement = ProviderRig.Call(null, codeLength: 5) with
        {
            Language = "et",
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["ip"] = "203.0.113.9" },
        };

        var outcome = await rig.PlaceAsync("lanck-verify", placement);

        Assert.Equal(new PlaceOutcome.Accepted("wp9RPWDGZkskBrVeTc4lgNCc4e79fc65"), outcome);
        Assert.Equal("https://lanck.example/v1/verify", rig.Upstream.Only.Address);
        Contract.AssertSame(
            Contract.Read(
                "Lanck",
                nameof(A_delegated_verification_is_started),
                "request",
                ("callbackUrl", rig.Callbacks.For("lanck", placement.Attempt))),
            Contract.Form(rig.Upstream.Only.Body));
    }

    [Theory]
    [InlineData(200, """{"status": "VERIFIED"}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"result": "verified"}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"result": "Approved"}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"status": "CORRECT"}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"verified": true}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"verified": "true"}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"verified": true, "result": null}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"status": "OK", "verified": true}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"status": "SUCCESS", "result": "VERIFIED",}""", typeof(DelegatedCheck.Right))]
    [InlineData(200, """{"verified": false}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "OK"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "SUCCESS", "result": "OK"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "OK", "verified": false}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "OK", "result": "WRONG"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "VERIFIED", "verified": false}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "VERIFIED", "result": "DELIVERED"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "WRONG", "Status": "VERIFIED"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "WRONG", "status": "VERIFIED"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"verified": true, "result": {"code": "WRONG"}}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"verified": true, "result": ["VERIFIED"]}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"verified": 1}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "WRONG_CODE"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"status": "DELIVERED"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, """{"requestId": "1"}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(200, "", typeof(DelegatedCheck.Unclear))]
    [InlineData(200, "<html>", typeof(DelegatedCheck.Unclear))]
    [InlineData(200, """["VERIFIED"]""", typeof(DelegatedCheck.Unclear))]
    [InlineData(302, "", typeof(DelegatedCheck.Unclear))]
    [InlineData(400, """{"errorCode": 10}""", typeof(DelegatedCheck.Wrong))]
    [InlineData(404, "", typeof(DelegatedCheck.Wrong))]
    [InlineData(401, """{"errorCode": 1}""", typeof(DelegatedCheck.Unclear))]
    [InlineData(400, """{"errorCode": 2}""", typeof(DelegatedCheck.Unclear))]
    [InlineData(403, "", typeof(DelegatedCheck.Unclear))]
    [InlineData(408, "", typeof(DelegatedCheck.Unclear))]
    [InlineData(429, """{"errorCode": 4}""", typeof(DelegatedCheck.Unclear))]
    [InlineData(500, "", typeof(DelegatedCheck.Unclear))]
    [InlineData(503, "", typeof(DelegatedCheck.Unclear))]
    public async Task A_code_is_right_only_when_Lanck_says_so(int status, string body, Type expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(status, body);

        Assert.IsType(expected, await Verification(rig).CheckAsync("reference-1", "1234", CancellationToken.None));
        Assert.Equal("https://lanck.example/v1/verify/check", rig.Upstream.Only.Address);
        Assert.Equal("requestId=reference-1&code=1234", System.Text.Encoding.ASCII.GetString(rig.Upstream.Only.Body));
    }

    [Fact]
    public async Task A_check_without_an_answer_is_not_repeated()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.AlwaysThrow(new HttpRequestException(HttpRequestError.ResponseEnded));

        Assert.IsType<DelegatedCheck.Unclear>(await Verification(rig).CheckAsync("reference-1", "1234", CancellationToken.None));
        Assert.Single(rig.Upstream.Requests);
    }

    [Fact]
    public async Task An_answer_that_is_not_UTF_8_verifies_nothing()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, [.. "{\"status\":\""u8, 0xff, .. "\",\"verified\":true}"u8]);

        Assert.IsType<DelegatedCheck.Unclear>(await Verification(rig).CheckAsync("reference-1", "1234", CancellationToken.None));
    }

    private static ICheckCodes Verification(ProviderRig rig) => Assert.IsAssignableFrom<ICheckCodes>(rig.Provider("lanck-verify"));
}
