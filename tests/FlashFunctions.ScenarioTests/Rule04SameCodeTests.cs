using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 4: the same code on every step, where we choose it; otherwise each attempt's code counts.</summary>
public sealed class Rule04SameCodeTests : IAsyncLifetime
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(71);
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Every_step_sends_the_same_code()
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "lanck", "revicom", "unibell");
        var codes = await CodesOfStepsAsync(3);

        Assert.Single(codes.Distinct(StringComparer.Ordinal));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, codes[0])).Text("status"));
    }

    [Fact]
    public async Task Two_verifications_have_different_codes()
    {
        // One pair in ten thousand is alike; five are not.
        var codes = new List<string>();
        for (var phone = 0; phone < 5; phone++)
        {
            await _service.VerifyByAsync(Phones.Of(phone), "lanck");
            await _service.PumpAsync();
            codes.Add(_service.CodeOn(Phones.Of(phone)));
        }

        Assert.NotEqual(1, codes.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_code_of_each_attempt_is_accepted_where_the_ringing_number_makes_it(int step)
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "bird", "lanck", "bird");
        var codes = await CodesOfStepsAsync(3);

        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, codes[step])).Text("status"));
    }

    [Fact]
    public async Task The_code_of_a_step_that_was_not_started_is_not_accepted()
    {
        var seen = await _service.VerifyByAsync(Phones.Ordinary, "lanck");
        await _service.PumpAsync();
        var id = await _service.VerifyByAsync(Phones.Of(2), "bird", "lanck");
        await _service.PumpAsync();

        Assert.Equal("WRONG_CODE", (await _service.CheckAsync(id, _service.WrongCodeFor(Phones.Of(2)))).Text("status"));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(seen, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task No_code_begins_with_zero_where_unibell_may_carry_it()
    {
        for (var phone = 0; phone < 30; phone++)
        {
            await _service.VerifyAsync(Phones.Of(phone));
        }

        await _service.PumpAsync();

        Assert.All(Enumerable.Range(0, 30), phone => Assert.NotEqual('0', _service.CodeOn(Phones.Of(phone))[0]));
        Assert.All(_service.Simulator.Calls, call => Assert.Equal("unibell", call.Provider));
    }

    private async Task<List<string>> CodesOfStepsAsync(int steps)
    {
        var codes = new List<string>();
        await _service.PumpAsync();
        codes.Add(_service.CodeOn(Phones.Ordinary));
        while (codes.Count < steps)
        {
            await _service.PassAsync(Wait);
            codes.Add(_service.CodeOn(Phones.Ordinary));
        }

        Assert.Equal(steps, _service.CallsTo(Phones.Ordinary));
        return codes;
    }
}
