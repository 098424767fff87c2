using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;
using static FlashFunctions.Tests.Requests.Sample;

namespace FlashFunctions.Tests.Requests;

/// <summary>What is a right code and a right caller number, over everything that an attempt can say of them.</summary>
public sealed class CodesTests
{
    private const string Caller = "3728001234";
    private readonly Codes _codes = new(new CodeKeys(Options.Create(new SecurityOptions
    {
        CodeKeys = { ["k"] = Convert.ToBase64String(new byte[32]) },
        ActiveCodeKey = "k",
    })));

    [Theory]
    [InlineData(AttemptState.Starting, true, true)]
    [InlineData(AttemptState.Unclear, true, true)]
    [InlineData(AttemptState.Placed, true, true)]
    [InlineData(AttemptState.NotSent, true, false)]
    [InlineData(AttemptState.Skipped, true, false)]
    [InlineData(AttemptState.Placed, false, false)]
    public void Our_code_is_right_once_an_attempt_that_may_have_rung_carries_it(AttemptState state, bool carries, bool isRight)
    {
        var request = With(Attempt(state) with { CarriesOurCode = carries });

        Assert.Equal(isRight, IsRight(request, _codes.Ours(request)!));
        Assert.False(IsRight(request, Other(_codes.Ours(request)!)));
    }

    [Fact]
    public void Nothing_is_right_before_an_attempt() => Assert.False(IsRight(With(), _codes.Ours(With())!));

    [Fact]
    public void The_tail_of_each_number_that_rang_is_right_beside_our_code()
    {
        var request = With();
        request = With(
            Attempt(AttemptState.Placed) with { CarriesOurCode = true },
            Attempt(AttemptState.Placed) with { TailHash = _codes.TailHash(request, Caller) },
            Attempt(AttemptState.Placed) with { TailHash = _codes.TailHash(request, "3728005678") }) with
        { Id = request.Id };

        Assert.All((string[])["1234", "5678", _codes.Ours(request)!], code => Assert.True(IsRight(request, code)));
        Assert.False(IsRight(request, "234"));
        Assert.False(IsRight(request, "01234"));
        Assert.False(IsRight(request, Other(_codes.Ours(request)!)));
    }

    [Fact]
    public void A_known_caller_number_is_right_as_a_whole_and_where_none_is_known_its_tail()
    {
        var plain = With();
        var known = With(
            Attempt(AttemptState.Placed) with { CallerHash = _codes.CallerHash(plain, Caller) },
            Attempt(AttemptState.Placed) with { CallerHash = _codes.CallerHash(plain, "3728009999") }) with
        { Id = plain.Id };
        var ours = With(Attempt(AttemptState.Placed) with { CarriesOurCode = true });
        var foreign = With(Attempt(AttemptState.Placed));
        var never = With(Attempt(AttemptState.NotSent) with { CarriesOurCode = true });
        string Tail(RequestRecord request) => "372800" + _codes.Ours(request);

        Assert.Equal(
            (true, true, false), (IsRightCaller(known, Caller), IsRightCaller(known, "3728009999"), IsRightCaller(known, "9991234")));
        Assert.Equal((true, false), (IsRightCaller(ours, Tail(ours)), IsRightCaller(ours, "372800" + Other(_codes.Ours(ours)!))));
        Assert.False(IsRightCaller(ours, _codes.Ours(ours)![1..]));
        Assert.False(IsRightCaller(foreign, Tail(foreign)));
        Assert.False(IsRightCaller(never, Tail(never)));
        Assert.False(IsRightCaller(With(), Tail(With())));
    }

    [Fact]
    public void A_test_numbers_code_is_its_last_digits_and_right_from_the_start()
    {
        var id = RequestId.New(Due);
        var test = new TestNumber { Number = "+15005550006", Code = "123456" };

        Assert.Null(_codes.RunOf(id, null, 4));
        Assert.Null(_codes.RunOf(id, test)!.Code);
        var request = With() with { Id = id, Test = _codes.RunOf(id, test, 4) };
        Assert.Equal("3456", _codes.Ours(request));
        Assert.Equal((true, false), (IsRight(request, "3456"), IsRight(request, "1234")));
        Assert.Equal((true, false), (IsRightCaller(request, TestProvider.CallerOf("3456")), IsRightCaller(request, "3456")));
        Assert.Null(_codes.Ours(request with { Test = request.Test! with { Code = null } }));
    }

    [Theory]
    [InlineData("0123", false)]
    [InlineData("1230", true)]
    public void A_given_code_is_kept_sealed_and_says_whether_it_begins_with_zero(string code, bool noLeadingZero)
    {
        var id = RequestId.New(Due);
        var recipe = _codes.GivenRecipe(id, code);

        Assert.Equal((4, noLeadingZero), (recipe.Length, recipe.NoLeadingZero));
        Assert.DoesNotContain(code, recipe.Given, StringComparison.Ordinal);
        Assert.Equal(code, _codes.Ours(With() with { Id = id, Content = new MessageContent { Code = recipe } }));
        Assert.Null(_codes.Ours(With() with { Content = new MessageContent() }));
    }

    [Fact]
    public void A_right_code_is_credited_to_the_newest_attempt_that_carries_it_and_was_placed()
    {
        var ours = Attempt(AttemptState.Placed) with { CarriesOurCode = true };
        var request = With(ours, ours with { Step = 1 }, Attempt(AttemptState.Starting, step: 1) with { CarriesOurCode = true });
        var starting = With(Attempt(AttemptState.Starting) with { CarriesOurCode = true });

        Assert.Equal(1, _codes.Match(request, _codes.Ours(request)!).Attempt);
        Assert.Equal(0, _codes.Match(starting, _codes.Ours(starting)!).Attempt);
        Assert.Null(_codes.Match(request, Other(_codes.Ours(request)!)).Attempt);
    }

    [Fact]
    public void Our_code_is_not_credited_to_an_attempt_that_did_not_carry_it_or_was_not_sent()
    {
        var ours = Attempt(AttemptState.Placed) with { CarriesOurCode = true };
        var notSent = Attempt(AttemptState.NotSent, step: 1) with { CarriesOurCode = true };
        var request = With(ours, Attempt(AttemptState.Placed, step: 1), notSent);

        Assert.Equal(new CodeMatch(true, 0), _codes.Match(request, _codes.Ours(request)!));
    }

    [Fact]
    public void A_test_numbers_caller_is_credited_to_an_attempt_that_may_have_rung_and_another_caller_to_none()
    {
        var id = RequestId.New(Due);
        var run = _codes.RunOf(id, new TestNumber { Number = "+15005550006", Code = "1234" }, 4);
        var right = TestProvider.CallerOf("1234");
        RequestRecord Request(AttemptState state) => With(Attempt(state)) with { Id = id, Test = run };

        Assert.Equal(new CodeMatch(true, 0), _codes.MatchCaller(Request(AttemptState.Placed), right));
        Assert.Equal(new CodeMatch(true, null), _codes.MatchCaller(Request(AttemptState.NotSent), right));
        Assert.Equal(new CodeMatch(false, null), _codes.MatchCaller(Request(AttemptState.Placed), TestProvider.CallerOf("1235")));
    }

    private bool IsRight(RequestRecord request, string code) => _codes.Match(request, code).IsRight;

    private bool IsRightCaller(RequestRecord request, string caller) => _codes.MatchCaller(request, caller).IsRight;

    private RequestRecord With(params AttemptRecord[] attempts) =>
        Verification(attempts) with { Content = new MessageContent { Code = _codes.NewRecipe(4, noLeadingZero: true) } };

    private static string Other(string code) => code == "5555" ? "5556" : "5555";
}
