using System.Text.Json.Nodes;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Tests.Providers.Bird;

public sealed class BirdProviderTests
{
    private const string Name = "bird";
    private const string Calls =
        "https://api.bird.com/workspaces/a1405560-c8d3-4b1a-877d-3f449ad95352/channels/854ec0e3-b76e-5b3a-a4a8-c5d2e4b6f001/flashcalls";
    private const string Id = "0f3b1e52-6d3c-4c1b-9c1a-8e2b8f5a7c11";

    private static readonly (string, string) Pool = ("Providers:Bird:CallerNumbers", "+37282320000-+37282321499, +37255500001");

    [Fact]
    public async Task A_flash_call_is_placed()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Answer(202, Contract.Read("Bird", nameof(A_flash_call_is_placed), "response"));

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call(null));

        Assert.Equal(new PlaceOutcome.Accepted(Id, "37282329823"), outcome);
        Assert.Equal(("POST", Calls), (rig.Upstream.Only.Method, rig.Upstream.Only.Address));
        Assert.Equal("AccessKey bird-key", rig.Upstream.Only.Headers["Authorization"]);
        Contract.AssertSame(Contract.Read("Bird", nameof(A_flash_call_is_placed), "request"), rig.Upstream.Only.Body);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    [InlineData(45, 45)]
    [InlineData(600, 120)]
    public async Task The_ring_timeout_stays_within_what_Bird_allows(int asked, int sent)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Answer(202, Contract.Read("Bird", nameof(A_flash_call_is_placed), "response"));

        await rig.PlaceAsync(Name, ProviderRig.Call(null, ringSeconds: asked));

        Assert.Equal(sent, (int)Body(rig.Upstream.Only)["ringTimeout"]!);
    }

    [Fact]
    public async Task An_attempt_picks_the_same_number_of_the_pool_each_time_and_attempts_differ()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Bird, Pool]);
        rig.Upstream.Always(202, """{"id": "1"}""");

        foreach (var number in Enumerable.Range(0, 50).Append(0))
        {
            await rig.PlaceAsync(Name, ProviderRig.Call(null) with { Attempt = new AttemptKey("0123456789ABCDEFGHJKMNPQRS", number) });
        }

        string[] callers = [.. rig.Upstream.Requests.Select(request => (string)Body(request)["from"]!)];
        Assert.Equal(callers[0], callers[^1]);
        Assert.InRange(callers.Distinct(StringComparer.Ordinal).Count(), 40, 50);
        Assert.All(callers, caller => Assert.Matches(@"^\+372(8232[01]\d{3}|55500001)$", caller));
    }

    [Fact]
    public async Task The_code_is_read_off_the_answer_and_not_off_what_was_asked_for()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Bird, Pool]);
        rig.Upstream.Answer(202, Contract.Read("Bird", nameof(A_flash_call_is_placed), "response"));

        var outcome = await rig.PlaceAsync(Name, ProviderRig.Call(null));

        Assert.Equal("37282329823", Assert.IsType<PlaceOutcome.Accepted>(outcome).From);
    }

    [Fact]
    public async Task A_number_that_the_account_asks_for_goes_before_the_pool()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Bird, Pool]);
        rig.Upstream.Always(202, """{"id": "1"}""");

        Assert.Equal(
            new PlaceOutcome.Accepted("1", "4915112345678"), await rig.PlaceAsync(Name, ProviderRig.Call(null, from: "4915112345678")));
        Assert.Equal("+4915112345678", (string)Body(rig.Upstream.Only)["from"]!);
    }

    [Fact]
    public async Task An_unclear_answer_tells_the_number_that_we_chose()
    {
        await using var pooled = new ProviderRig([.. ProviderRig.Bird, Pool]);
        await using var theirs = new ProviderRig(ProviderRig.Bird);
        pooled.Upstream.Answer(500);
        theirs.Upstream.Answer(500);

        var unclear = Assert.IsType<PlaceOutcome.Unclear>(await pooled.PlaceAsync(Name, ProviderRig.Call(null)));

        Assert.Equal((string)Body(pooled.Upstream.Only)["from"]!, $"+{unclear.From}");
        Assert.Null(Assert.IsType<PlaceOutcome.Unclear>(await theirs.PlaceAsync(Name, ProviderRig.Call(null))).From);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"from": "+37282329823", "status": "accepted"}""")]
    [InlineData("""{"id": "1", "status": "accepted"}""")]
    [InlineData("""{"id": "1", "from": "anonymous"}""")]
    public async Task A_202_without_the_call_or_its_caller_is_unclear(string body)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Answer(202, body);

        Assert.IsType<PlaceOutcome.Unclear>(await rig.PlaceAsync(Name, ProviderRig.Call(null)));
    }

    [Theory]
    [InlineData("validation", 422)]
    [InlineData("detailed", 400)]
    public async Task A_number_that_Bird_names_as_bad_is_rejected(string part, int status)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Answer(status, Contract.Read("Bird", nameof(A_number_that_Bird_names_as_bad_is_rejected), part));

        Assert.IsType<PlaceOutcome.Rejected>(await rig.PlaceAsync(Name, ProviderRig.Call(null)));
    }

    [Theory]
    [InlineData("""{"to": ["bad"]}""", true)]
    [InlineData("""{"$['to']": ["bad"]}""", true)]
    [InlineData("""{"/to": ["bad"]}""", true)]
    [InlineData("""{"body": {"to": ["bad"]}}""", true)]
    [InlineData("""{"errors": [{"path": "$.to"}]}""", true)]
    [InlineData("""{"$.from": ["must be allowed to call"]}""", false)]
    [InlineData("""{"$.from": ["to"]}""", false)]
    [InlineData("""{"$.total": ["bad"]}""", false)]
    [InlineData("[]", false)]
    [InlineData("null", false)]
    public async Task Only_details_that_name_the_destination_make_the_number_bad(string details, bool isBad)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Answer(422, $$"""{"code": "InvalidPayload", "message": "to: bad", "details": {{details}}}""");

        Assert.IsType(
            isBad ? typeof(PlaceOutcome.Rejected) : typeof(PlaceOutcome.NotSent), await rig.PlaceAsync(Name, ProviderRig.Call(null)));
    }

    [Theory]
    [InlineData(400, NotSentKind.Refused)]
    [InlineData(422, NotSentKind.Refused)]
    [InlineData(401, NotSentKind.Account)]
    [InlineData(403, NotSentKind.Account)]
    [InlineData(404, NotSentKind.Account)]
    [InlineData(429, NotSentKind.Busy)]
    [InlineData(503, NotSentKind.Temporary)]
    public async Task An_error_is_not_sent(int status, NotSentKind kind)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Always(status, """{"code": "Whatever", "message": "no"}""");

        Assert.Equal(kind, Assert.IsType<PlaceOutcome.NotSent>(await rig.PlaceAsync(Name, ProviderRig.Call(null))).Kind);
    }

    [Fact]
    public async Task It_carries_calls_whose_code_is_the_callers_tail_and_no_digits_of_ours()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        Assert.All([4, 5, 6], length => Assert.Equal(
            new Capability(CodeSource.CallerNumber, TimeSpan.FromSeconds(30), TellsCaller: true, TakesCaller: true, TailDigits: 0),
            rig.Provider(Name).CapabilityFor(Channel.Call, length)));
        Assert.Null(rig.Provider(Name).CapabilityFor(Channel.Call, 7));
        Assert.Null(rig.Provider(Name).CapabilityFor(Channel.Voice, 4));
        Assert.IsType<PlaceOutcome.NotSent>(await rig.PlaceAsync(Name, ProviderRig.Call("1234")));
        Assert.Empty(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData(UpstreamVerdict.Verified, "verified")]
    [InlineData(UpstreamVerdict.WrongCode, "wrong_cli")]
    [InlineData(UpstreamVerdict.Timeout, "timeout")]
    [InlineData(UpstreamVerdict.Canceled, "canceled")]
    public async Task A_call_is_ended_by_its_id_with_the_result(UpstreamVerdict verdict, string result)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Answer(202, $$"""{"result": "{{result}}"}""");

        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(verdict, Id)));
        Assert.Equal($"{Calls}/{Id}", rig.Upstream.Only.Address);
        Assert.Equal($$"""{"result":"{{result}}"}""", Body(rig.Upstream.Only).ToJsonString());
    }

    [Fact]
    public async Task A_call_is_ended_by_its_numbers_when_its_id_is_unknown()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Bird, Pool]);
        rig.Upstream.Answer(500).Answer(202);

        await rig.PlaceAsync(Name, ProviderRig.Call(null));
        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.Verified, reference: null)));

        var caller = (string)Body(rig.Upstream.Requests[0])["from"]!;
        Assert.Equal($"{Calls}/hangup", rig.Upstream.Requests[1].Address);
        Contract.AssertSame(
            Contract.Read("Bird", nameof(A_call_is_ended_by_its_numbers_when_its_id_is_unknown), "request", ("from", caller)),
            rig.Upstream.Requests[1].Body);
    }

    [Fact]
    public async Task Without_an_id_and_a_pool_or_without_a_word_for_it_nothing_is_reported()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.Verified, reference: null)));
        Assert.IsType<ReportOutcome.Done>(await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.LinkOpened, Id)));
        Assert.Empty(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData(404, typeof(ReportOutcome.Failed))]
    [InlineData(422, typeof(ReportOutcome.Failed))]
    [InlineData(401, typeof(ReportOutcome.Retry))]
    [InlineData(429, typeof(ReportOutcome.Retry))]
    [InlineData(500, typeof(ReportOutcome.Retry))]
    public async Task A_report_is_tried_once_and_says_whether_to_come_again(int status, Type expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        rig.Upstream.Answer(status, """{"code": "Whatever", "message": "no"}""");

        Assert.IsType(expected, await rig.ReportAsync(Name, ProviderRig.Report(UpstreamVerdict.Verified, Id)));
    }

    [Theory]
    [InlineData("", "0", 4, 0)]
    [InlineData("", "9", 4, 0)]
    [InlineData("", "9999", 4, 3)]
    [InlineData("", "10000", 4, 4)]
    [InlineData("", "10000", 6, 4)]
    [InlineData("", "1000000", 6, 6)]
    [InlineData("+37282320000", "1000000", 4, 0)]
    [InlineData("+37282320000-+37282320009", "0", 4, 1)]
    [InlineData("+37282320000-+37282320009, +37282410000-+37282410009", "0", 4, 1)]
    [InlineData("+37282320000-+37282320009, +37282410000-+37282410009", "0", 6, 1)]
    [InlineData("+37282320000-+37282329998", "0", 4, 3)]
    [InlineData("+37282320000-+37282329999", "0", 4, 4)]
    [InlineData("+37282300000-+37282399999", "0", 4, 4)]
    [InlineData("+37282300000-+37282399999", "0", 5, 5)]
    public async Task A_code_has_the_digits_that_the_distinct_tails_have(string numbers, string assumed, int length, int digits)
    {
        (string Key, string Value)[] settings =
            [.. ProviderRig.Bird, ("Providers:Bird:CallerNumbers", numbers), ("Providers:Bird:AssumedTails", assumed)];
        await using var production = new ProviderRig(settings);
        await using var development = new ProviderRig("Development", realSockets: false, settings);

        var capability = production.Provider(Name).CapabilityFor(Channel.Call, length)!;

        Assert.Equal((digits, digits >= length), (capability.TailDigits!.Value, capability.Suits(length)));
        Assert.True(development.Provider(Name).CapabilityFor(Channel.Call, length)!.Suits(length));
    }

    [Theory]
    [InlineData(
        "Production",
        "+37282320000-+37282329998",
        "0",
        "bird carries 3 digits of a code (9999 distinct tails), so that verifications pass it over")]
    [InlineData("Production", "", "0", "bird carries 0 digits")]
    [InlineData("Development", "", "0", "used in development")]
    [InlineData("Production", "", "10000", null)]
    [InlineData("Production", "+37282320000-+37282329999", "0", null)]
    public async Task Fewer_than_four_digits_are_warned_of_at_start_up(string environment, string numbers, string assumed, string? warning)
    {
        await using var rig = new ProviderRig(
            environment,
            realSockets: false,
            [.. ProviderRig.Bird, ("Providers:Bird:CallerNumbers", numbers), ("Providers:Bird:AssumedTails", assumed)]);

        foreach (var service in rig.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        var warnings = rig.Logs.Lines.Where(line => line.Level == LogLevel.Warning && line.Text.Contains("CallerNumbers")).ToArray();
        Assert.Equal(warning is null ? 0 : 1, warnings.Length);
        Assert.All(warnings, line => Assert.Contains(warning!, line.Text, StringComparison.Ordinal));
    }

    private static JsonObject Body(SentRequest request) => JsonNode.Parse(request.Body)!.AsObject();
}
