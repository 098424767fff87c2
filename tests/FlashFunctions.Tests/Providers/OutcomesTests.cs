using System.Text;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Tests.Providers;

/// <summary>What an answer of whatever provider means: over every HTTP status, and over the error table that two of them share.</summary>
public sealed class OutcomesTests
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(7);
    private static readonly PlaceOutcome Taken = new PlaceOutcome.Accepted("reference");
    private static readonly PlaceOutcome Refused = new PlaceOutcome.Rejected("refused");
    private static readonly ReportOutcome ReportRefused = new ReportOutcome.Failed("refused");

    [Fact]
    public void A_call_was_taken_by_2xx_refused_by_4xx_not_sent_by_429_and_503_and_else_its_phone_may_ring()
    {
        for (var status = 100; status <= 599; status++)
        {
            PlaceOutcome expected = status switch
            {
                >= 200 and <= 299 => Taken,
                301 or 307 or 308 =>
                    new PlaceOutcome.NotSent($"HTTP {status}: the base address has moved", Kind: NotSentKind.Account),
                408 => new PlaceOutcome.Unclear("HTTP 408"),
                429 => new PlaceOutcome.NotSent("HTTP 429", Later, NotSentKind.Busy),
                503 => new PlaceOutcome.NotSent("HTTP 503", Later),
                >= 400 and <= 499 => Refused,
                _ => new PlaceOutcome.Unclear($"HTTP {status}"),
            };
            Assert.Equal(expected, Outcomes.Place(Answered(status), _ => Taken, _ => Refused));
        }
    }

    [Fact]
    public void A_report_was_taken_by_2xx_refused_by_4xx_and_is_else_repeated()
    {
        for (var status = 200; status <= 599; status++)
        {
            ReportOutcome expected = status switch
            {
                <= 299 => new ReportOutcome.Done(),
                408 or 429 or <= 399 or >= 500 => new ReportOutcome.Retry($"HTTP {status}", Later),
                _ => ReportRefused,
            };
            Assert.Equal(expected, Outcomes.Report(Answered(status), _ => ReportRefused));
        }
    }

    [Fact]
    public void What_never_left_was_not_sent_and_what_was_lost_may_have_been()
    {
        Assert.Equal(new PlaceOutcome.NotSent("dns"), Outcomes.Place(new Exchange.NeverLeft("dns"), _ => Taken, _ => Refused));
        Assert.Equal(new PlaceOutcome.Unclear("reset"), Outcomes.Place(new Exchange.Lost("reset"), _ => Taken, _ => Refused));
        Assert.Equal(new ReportOutcome.Retry("dns"), Outcomes.Report(new Exchange.NeverLeft("dns"), _ => ReportRefused));
        Assert.Equal(new ReportOutcome.Retry("reset"), Outcomes.Report(new Exchange.Lost("reset"), _ => ReportRefused));
        Assert.Equal(new PlaceOutcome.Unclear("HTTP 200 that cannot be read"), Outcomes.Unreadable(Answered(200)));
    }

    [Theory]
    [InlineData(401, 1, NotSentKind.Account)]
    [InlineData(400, 2, NotSentKind.Account)]
    [InlineData(429, 4, NotSentKind.Busy)]
    [InlineData(401, 5, NotSentKind.Account)]
    [InlineData(403, 6, NotSentKind.Account)]
    [InlineData(400, 10, NotSentKind.Refused)]
    [InlineData(400, 16, NotSentKind.Refused)]
    [InlineData(400, 17, NotSentKind.Refused)]
    [InlineData(400, 0, NotSentKind.Refused)]
    [InlineData(401, 99, NotSentKind.Account)]
    [InlineData(402, -1, NotSentKind.Account)]
    [InlineData(403, 4_294_967_306, NotSentKind.Account)] // 10 + 2³²
    [InlineData(400, -4_294_967_295, NotSentKind.Refused)] // 1 − 2³²
    [InlineData(404, 4_294_967_297, NotSentKind.Refused)] // 1 + 2³²
    public void An_error_of_the_shared_table_sends_nothing_and_says_who_has_to_act(int status, long code, NotSentKind kind)
    {
        var answer = Answered(status, $$"""{"errorCode": {{code}}, "errorReason": "x"}""");

        Assert.Equal(new PlaceOutcome.NotSent($"errorCode {code}", Later, kind), SharedErrors.Place(answer));
        Assert.Equal(
            kind == NotSentKind.Refused
                ? new ReportOutcome.Failed($"errorCode {code}")
                : new ReportOutcome.Retry($"errorCode {code}", Later, NeedsOperator: kind == NotSentKind.Account),
            SharedErrors.Report(answer));
    }

    [Theory]
    [InlineData(400, "", NotSentKind.Refused)]
    [InlineData(404, "<html>", NotSentKind.Refused)]
    [InlineData(401, "", NotSentKind.Account)]
    [InlineData(402, "[]", NotSentKind.Account)]
    [InlineData(403, """{"errorCode": "none"}""", NotSentKind.Account)]
    public void An_error_without_a_code_goes_by_its_HTTP_status(int status, string body, NotSentKind kind) =>
        Assert.Equal(new PlaceOutcome.NotSent($"HTTP {status}", Later, kind), SharedErrors.Place(Answered(status, body)));

    [Fact]
    public void An_invalid_number_is_rejected_for_every_provider() => Assert.Equal(
        new PlaceOutcome.Rejected("invalid number"), SharedErrors.Place(Answered(400, """{"errorCode": "11"}""")));

    private static Exchange.Answered Answered(int status, string body = "") => new(status, Encoding.UTF8.GetBytes(body), Later);
}
