using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckProviderTests
{
    private const string Name = "lanck";

    [Fact]
    public async Task A_flash_call_is_placed()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, Contract.Read("Lanck", nameof(A_flash_call_is_placed), "response"));

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call("012345"));

        Assert.Equal(new PlaceOutcome.Accepted("wp9RPWDGZkskBrVeTc4lgNCc4e79fc65", "37282012345"), outcome);
        Assert.Equal(("POST", "https://lanck.example/v1/calls/flash"), (rig.Upstream.Only.Method, rig.Upstream.Only.Address));
        Assert.Equal("Basic bGFuY2staWQ6bGFuY2stc2VjcmV0", rig.Upstream.Only.Headers["Authorization"]);
        Assert.Equal("application/x-www-form-urlencoded", rig.Upstream.Only.Headers["Content-Type"]);
        Contract.AssertSame(
            Contract.Read("Lanck", nameof(A_flash_call_is_placed), "request", CallbackUrl(rig)), Contract.Form(rig.Upstream.Only.Body));
    }

    [Fact]
    public async Task A_caller_number_that_the_account_names_goes_before_a_code()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, """{"requestId": "1", "from": "37282329823"}""");

        await rig.PlaceAsync(Name, ProviderRig.Call("1234", from: "37282329823"));

        Contract.AssertSame(
            Contract.Read("Lanck", nameof(A_caller_number_that_the_account_names_goes_before_a_code), "request", CallbackUrl(rig)),
            Contract.Form(rig.Upstream.Only.Body));
    }

    [Fact]
    public async Task The_plus_of_a_number_is_encoded()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, """{"requestId": "1"}""");

        await rig.PlaceAsync(Name, ProviderRig.Call("1234"));

        Assert.StartsWith("number=%2B14085553911&", System.Text.Encoding.ASCII.GetString(rig.Upstream.Only.Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("123")]
    [InlineData("1234567")]
    [InlineData("12 4")]
    public async Task Digits_that_it_cannot_carry_are_never_sent(string code)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.Equal(NotSentKind.Refused, Assert.IsType<PlaceOutcome.NotSent>(await rig.PlaceAsync(Name, ProviderRig.Call(code))).Kind);
        Assert.Empty(rig.Upstream.Requests);
    }

    [Fact]
    public async Task It_carries_calls_with_4_to_6_digits()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.All([4, 5, 6], length => Assert.Equal(
            new Capability(CodeSource.Ours, TimeSpan.FromSeconds(30), TellsCaller: true, TakesCaller: true),
            rig.Provider(Name).CapabilityFor(Channel.Call, length)));
        Assert.Null(rig.Provider(Name).CapabilityFor(Channel.Call, 3));
        Assert.Null(rig.Provider(Name).CapabilityFor(Channel.Call, 7));
    }

    [Theory]
    [InlineData(401, 1, NotSentKind.Account)]
    [InlineData(400, 2, NotSentKind.Account)]
    [InlineData(429, 4, NotSentKind.Busy)]
    [InlineData(401, 5, NotSentKind.Account)]
    [InlineData(403, 6, NotSentKind.Account)]
    [InlineData(400, 10, NotSentKind.Refused)]
    [InlineData(400, 16, NotSentKind.Refused)]
    public async Task An_error_of_the_table_is_not_sent(int status, int errorCode, NotSentKind kind)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Always(status, $$"""{"errorCode": {{errorCode}}, "errorReason": "…"}""");

        Assert.Equal(kind, Assert.IsType<PlaceOutcome.NotSent>(await rig.PlaceAsync(Name, ProviderRig.Call("1234"))).Kind);
    }

    [Fact]
    public async Task An_invalid_number_is_rejected_and_an_unreadable_success_unclear()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(400, """{"errorCode": 11}""").Answer(200, """{"from": "37282329823"}""");

        Assert.IsType<PlaceOutcome.Rejected>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
        Assert.IsType<PlaceOutcome.Unclear>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
    }

    [Theory]
    [InlineData(UpstreamVerdict.Verified, "goal=NUMBER_VERIFIED")]
    [InlineData(UpstreamVerdict.LinkOpened, "goal=LINK_OPENED")]
    public async Task A_goal_is_reported(UpstreamVerdict verdict, string form)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200);

        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(verdict, "id/../1")));
        Assert.Equal(("POST", "https://lanck.example/v1/requests/id%2F..%2F1"), (rig.Upstream.Only.Method, rig.Upstream.Only.Address));
        Assert.Equal(form, System.Text.Encoding.ASCII.GetString(rig.Upstream.Only.Body));
    }

    [Theory]
    [InlineData(UpstreamVerdict.WrongCode, "1")]
    [InlineData(UpstreamVerdict.Timeout, "1")]
    [InlineData(UpstreamVerdict.Canceled, "1")]
    [InlineData(UpstreamVerdict.Verified, null)]
    public async Task What_is_no_goal_is_not_reported(UpstreamVerdict verdict, string? reference)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(verdict, reference)));
        Assert.Empty(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData(400, 10, false)]
    [InlineData(404, 20, false)]
    [InlineData(400, 2, true)]
    [InlineData(401, 1, true)]
    [InlineData(403, 6, true)]
    [InlineData(429, 4, true)]
    [InlineData(500, 0, true)]
    public async Task A_goal_that_was_not_taken_is_tried_again_where_that_may_help(int status, int errorCode, bool isAgain)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(status, $$"""{"errorCode": {{errorCode}}}""");

        var outcome = await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.Verified));

        Assert.IsType(isAgain ? typeof(ReportOutcome.Retry) : typeof(ReportOutcome.Failed), outcome);
    }

    private static (string Name, string Value) CallbackUrl(ProviderRig rig) =>
        ("callbackUrl", rig.Callbacks.For(Name, ProviderRig.Call(null).Attempt));
}
