using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>A phone is one number, however that is written.</summary>
public sealed class NumberTests : IAsyncLifetime
{
    private static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(31);
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("+54111523456701", "+5491123456701", "AR")]
    [InlineData("+549111523456701", "+5491123456701", "AR")]
    [InlineData("+5215512345601", "+525512345601", "MX")]
    [InlineData("+551181234501", "+5511981234501", "BR")]
    public async Task A_phone_has_one_live_verification_however_its_number_is_written(string other, string sent, string country)
    {
        var first = await _service.VerifyAsync(other);
        await _service.PumpAsync();
        var tooSoon = await _service.PostAsync("/v1/verify", $$"""{"number":"{{sent}}","method":"call"}""");
        await _service.PassAsync(CoolDown);
        var second = await _service.VerifyAsync(sent);
        await _service.PumpAsync();

        var old = await _service.ReadAsync(first);
        Assert.Equal((sent, country, "superseded"), (old.Text("number"), old.Text("country"), old.Text("result")));
        Assert.Equal(other, old.Json.GetProperty("payload").GetProperty("number").GetString());
        Assert.Equal((429, 4), (tooSoon.Status, tooSoon.ErrorCode));
        Assert.Equal((2, 0), (_service.CallsTo(sent), _service.CallsTo(other)));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(second, _service.CodeOn(sent))).Text("status"));
    }

    [Theory]
    [InlineData("/v1/sms", ""","text":"Hello" """)]
    [InlineData("/v1/calls/flash", "")]
    [InlineData("/v1/insight/hlr", "")]
    public async Task Every_product_answers_the_one_form_and_echoes_the_number_as_it_came(string path, string more)
    {
        var answer = await _service.PostAsync(path, $$"""{"number":"+5215512345601"{{more}}}""");
        await _service.PumpAsync();

        var id = answer.Json.TryGetProperty("requestId", out var named) ? named.GetString()! : answer.Text("id");
        var request = await _service.ReadAsync(id);
        Assert.Equal("+525512345601", request.Text("number"));
        Assert.Equal("+5215512345601", request.Json.GetProperty("payload").GetProperty("number").GetString());
        Assert.NotEmpty(_service.Simulator.Requests());
        Assert.DoesNotContain(
            _service.Simulator.Requests(), sent => sent.Body?.Contains("5215512345601", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task The_network_is_that_of_the_range_where_people_cannot_take_their_number_along()
    {
        await _service.Simulator.SetProviderModeAsync(
            SimulatedProviders.Lanck, SimulatedMode.Unavailable, TestContext.Current.CancellationToken);
        var chinese = await _service.ReadAsync(await _service.VerifyAsync("+8613912345601"));
        var estonian = await _service.ReadAsync(await _service.VerifyAsync(Phones.Ordinary));
        var lookedUp = await _service.GetAsync("/v1/insight/hlr?number=+8613912345601");

        Assert.Equal("China Mobile", chinese.Text("network"));
        Assert.Equal(JsonValueKind.Null, estonian.Json.GetProperty("network").ValueKind);
        Assert.Equal(("UNKNOWN", "China Mobile", "CN"), (lookedUp.Text("status"), lookedUp.Text("network"), lookedUp.Text("country")));
        Assert.Equal(JsonValueKind.Null, lookedUp.Json.GetProperty("mccmnc").ValueKind);
    }

    [Fact]
    public async Task What_a_provider_says_of_the_network_goes_before_the_range()
    {
        var answer = await _service.GetAsync($"/v1/insight/hlr?number={Phones.Ordinary}");

        Assert.Equal(("24801", "Telia Eesti"), (answer.Text("mccmnc"), answer.Text("network")));
        Assert.Equal("Telia Eesti", (await _service.ReadAsync(answer.Text("id"))).Text("network"));
    }

    [Fact]
    public async Task A_number_with_a_control_character_or_of_any_length_is_error_11()
    {
        var longest = $"+{new string('3', 60_000)}";
        Answer[] answers =
        [
            await _service.PostAsync("/v1/verify", """{"number":"+372\u00005300000","method":"call"}"""),
            await _service.PostAsync("/v1/verify", """{"number":"+37253000001\u0000","method":"call"}"""),
            await _service.PostFormAsync("/v1/verify", "number=%2B37253000001%00&method=call"),
            await _service.PostAsync("/v1/verify", $$"""{"number":"+372{{new string('5', 62)}}","method":"call"}"""),
            await _service.PostAsync("/v1/verify", $$"""{"number":"{{new string('x', 65)}}","method":"call"}"""),
            await _service.PostAsync("/v1/verify", $$"""{"number":"{{longest}}","method":"call"}"""),
            await _service.PostAsync("/v1/sms", $$"""{"number":"{{longest}}","text":"Hello"}"""),
            await _service.GetAsync("/v1/insight/hlr?number=%2B37253000001%00"),
        ];

        Assert.All(answers, answer => Assert.Equal((400, 11), (answer.Status, answer.ErrorCode)));
        Assert.All(answers, answer => Assert.True(answer.Names("number")));
        Assert.All(answers, answer => Assert.True(answer.Body.Length < 1_000));
    }

    [Theory]
    [InlineData("+494901234567890")] // A fixed line with a digit more than its range has.
    [InlineData("+491511234567890")]
    [InlineData("+4311101234")]
    [InlineData("+49015112345678")]
    public async Task A_number_that_no_range_could_have_is_error_11_also_where_unassigned_ranges_pass(string number)
    {
        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"}""");

        Assert.Equal((400, 11), (answer.Status, answer.ErrorCode));
    }

    [Fact]
    public async Task A_test_number_is_one_in_every_way_to_write_it()
    {
        await using var service = await TestService.StartAsync(new Settings
        {
            ["TestNumbers:0:Number"] = "+5215512345678",
            ["TestNumbers:0:Code"] = "123456",
        });

        var id = await service.VerifyAsync("+525512345678");
        await service.PumpAsync();

        Assert.Empty(service.Simulator.Requests());
        Assert.Equal("VERIFIED", (await service.CheckAsync(id, "3456")).Text("status"));
    }
}
