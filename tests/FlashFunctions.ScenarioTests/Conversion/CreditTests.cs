using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Statistics;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Conversion;

/// <summary>A verification is credited to the attempt whose code was entered, and counts for that one alone.</summary>
public sealed class CreditTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(31);

    private readonly TestService _service = shared.Service;

    [Fact]
    public async Task A_code_that_several_attempts_share_credits_the_newest_placed_before_the_check()
    {
        var phone = shared.NewPhone();
        var id = await _service.VerifyByAsync(phone, "unibell", "lanck", "revicom");
        await _service.PumpAsync();
        await _service.PassAsync(Wait);
        await _service.CheckAsync(id, _service.CodeOn(phone));

        Assert.Equal((2, 1), await CreditAsync(id));
    }

    [Fact]
    public async Task The_first_of_two_calls_with_codes_of_their_own_is_credited_where_its_code_is_entered()
    {
        var phone = shared.NewPhone();
        var id = await _service.VerifyByAsync(phone, "bird", "lanck");
        await _service.PumpAsync();
        var first = _service.CodeOn(phone);
        await _service.PassAsync(Wait);
        Assert.NotEqual(first, _service.CodeOn(phone));
        await _service.CheckAsync(id, first);

        Assert.Equal((2, 0), await CreditAsync(id));
    }

    [Fact]
    public async Task The_second_of_two_calls_with_codes_of_their_own_is_credited_where_its_code_is_entered()
    {
        var phone = shared.NewPhone();
        var id = await _service.VerifyByAsync(phone, "bird", "lanck");
        await _service.PumpAsync();
        await _service.PassAsync(Wait);
        await _service.CheckAsync(id, _service.CodeOn(phone));

        Assert.Equal((2, 1), await CreditAsync(id));
    }

    [Fact]
    public async Task A_caller_number_credits_the_call_that_came_from_it()
    {
        var phone = shared.NewPhone();
        var id = await _service.VerifyByAsync(phone, "bird", "lanck");
        await _service.PumpAsync();
        var first = _service.Simulator.Phone(phone)!.LastCaller;
        await _service.PassAsync(Wait);
        await _service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","cli":"{{first}}"}""");

        Assert.Equal((2, 0), await CreditAsync(id));
    }

    [Fact]
    public async Task A_code_that_its_provider_judges_credits_the_attempt_that_the_provider_says_yes_to()
    {
        var phone = shared.NewPhone();
        var id = await _service.VerifyByAsync(phone, "lanck-verify", "lanck");
        await _service.PumpAsync();
        var first = _service.CodeOn(phone);
        await _service.PassAsync(Wait);
        await _service.CheckAsync(id, first);

        Assert.Equal((2, 0), await CreditAsync(id));
    }

    [Fact]
    public async Task An_attempt_that_sent_nothing_is_not_credited()
    {
        await using var service = await TestService.StartAsync();
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unavailable);
        var id = await service.VerifyAsync(Phones.Ordinary, Steps.Of("call"));
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));

        var request = await service.StoredAsync(id);
        Assert.Equal("unibell", request.Attempts[0].Provider);
        Assert.Equal(1, request.Verification!.CreditedAttempt);
    }

    [Fact]
    public async Task Of_a_verified_request_the_credited_attempt_alone_counts_as_verified()
    {
        await using var service = await TestService.StartAsync();
        await service.SweepAsync();
        var id = await service.VerifyByAsync(Phones.Ordinary, "unibell", "lanck");
        await service.PumpAsync();
        await service.PassAsync(Wait);
        await service.PassAsync(TimeSpan.FromSeconds(9));
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PassAsync(TimeSpan.FromMinutes(7));
        await service.SweepAsync();

        var counts = (await StatisticsOf.AllAsync(service)).Counts;
        var (first, second) = (counts[Of("unibell")], counts[Of("lanck")]);
        Assert.Equal((1, 0), (first.Placed, first.Verified));
        Assert.Equal((1, 1), (second.Placed, second.Verified));
        Assert.Equal((1, 1), (first.Verifiable, second.Verifiable));
        Assert.InRange(second.Seconds.Quantile(1)!.Value.TotalSeconds, 9, 13);
        Assert.Equal(0, first.Seconds.Count);

        RouteKey Of(string provider) => counts.Keys.Single(route => route.Provider == provider);
    }

    [Theory]
    [InlineData(1, CallOutcome.Rang)]
    [InlineData(Phones.Answered, CallOutcome.Answered)]
    [InlineData(Phones.Declined, CallOutcome.Declined)]
    [InlineData(Phones.Rejected, CallOutcome.Unreachable)]
    [InlineData(Phones.Unreachable, CallOutcome.Unreachable)]
    [InlineData(Phones.Forbidden, CallOutcome.Refused)]
    [InlineData(Phones.CallbacksLost, null)]
    [InlineData(Phones.CallbacksReordered, CallOutcome.Rang)]
    public async Task Outcomes_of_a_call_are_kept_apart(int behaviour, CallOutcome? outcome)
    {
        foreach (var provider in (string[])["unibell", "lanck"])
        {
            var id = await _service.VerifyByAsync(shared.NewPhone(behaviour), provider);
            await _service.PumpAsync();

            Assert.Equal(outcome, (await _service.StoredAsync(id)).Attempts[0].Outcome);
            var shown = (await _service.ReadAsync(id)).Attempts[0];
            Assert.Equal(outcome?.ToString().ToLowerInvariant(), shown.TryGetProperty("outcome", out var word) ? word.GetString() : null);
        }
    }

    [Theory]
    [InlineData(1, CallOutcome.Rang)]
    [InlineData(Phones.Answered, CallOutcome.Answered)]
    [InlineData(Phones.Declined, CallOutcome.Declined)]
    [InlineData(Phones.Unreachable, CallOutcome.Unreachable)]
    public async Task Outcomes_of_a_call_by_Bird_are_kept_apart(int behaviour, CallOutcome outcome)
    {
        var id = await _service.VerifyByAsync(shared.NewPhone(behaviour), "bird");
        await _service.PumpAsync();

        Assert.Equal(outcome, (await _service.StoredAsync(id)).Attempts[0].Outcome);
    }

    [Fact]
    public async Task A_message_has_no_outcome_of_a_call()
    {
        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{shared.NewPhone()}}","method":"sms"}""");
        await _service.PumpAsync();

        var attempt = (await _service.StoredAsync(answer.Text("requestId"))).Attempts[0];
        Assert.Null(attempt.Outcome);
        Assert.NotNull(attempt.Status);
    }

    /// <summary>How many attempts a request has, and which of them is credited.</summary>
    private async Task<(int Attempts, int? Credited)> CreditAsync(string id)
    {
        var request = await _service.StoredAsync(id);
        Assert.Equal("Verified", request.Verification!.Result.ToString());
        return (request.Attempts.Count, request.Verification.CreditedAttempt);
    }
}
