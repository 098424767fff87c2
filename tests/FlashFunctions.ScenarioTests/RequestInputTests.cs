using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>The parameters of a call: what is read, what is refused and how it is named.</summary>
public sealed class RequestInputTests(SharedService shared) : IClassFixture<SharedService>
{
    private static int _phones = 100;
    private readonly TestService _service = shared.Service;
    private readonly string _phone = Phones.Of(Interlocked.Increment(ref _phones));
    private readonly string _other = Phones.Of(Interlocked.Increment(ref _phones));

    [Fact]
    public async Task An_optional_value_left_empty_is_absent_whatever_its_type()
    {
        var answer = await _service.PostAsync(
            "/v1/verify",
            $$"""{"number":"{{_phone}}","method":"call","codeLength":"","expiresIn":" ","trusted":"","workflow":"","ip":""}""");

        Assert.True(answer.Status is 202, answer.Body);
        Assert.Equal(4, answer.Json.GetProperty("codeLength").GetInt32());
        Assert.Equal(
            ["number", "method"],
            (await _service.ReadAsync(answer.Text("requestId"))).Json.GetProperty("payload").EnumerateObject().Select(value => value.Name));
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("[2001:db8::1]:80")]
    [InlineData("1.2.3.4/24")]
    public async Task What_is_no_address_as_people_write_it_is_refused_as_ip(string ip)
    {
        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{_phone}}","method":"call","ip":"{{ip}}"}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("ip"), answer.Body);
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:DB8:0:0::1")]
    [InlineData("::ffff:192.0.2.7")]
    public async Task An_address_of_either_version_is_accepted_as_ip(string ip)
    {
        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{_phone}}","method":"call","ip":"{{ip}}"}""");

        Assert.True(answer.Status is 202, answer.Body);
    }

    [Fact]
    public async Task The_answer_says_what_was_accepted_and_what_comes_next()
    {
        var now = _service.Clock.GetUtcNow().ToUnixTimeMilliseconds();

        var answer = await _service.PostAsync(
            "/v1/verify",
            $$"""{"number":"{{_phone}}","workflow":[{"method":"call","wait":20},{"method":"call","provider":"lanck"}],"expiresIn":120}""");

        Assert.Equal(202, answer.Status);
        Assert.Equal(26, answer.Text("requestId").Length);
        Assert.Equal("ACCEPTED", answer.Text("status"));
        Assert.Equal("call", answer.Text("method"));
        Assert.Equal(4, answer.Json.GetProperty("codeLength").GetInt32());
        Assert.Equal("call", answer.Text("nextMethod"));
        Assert.InRange(answer.Json.GetProperty("expiresAt").GetInt64() - now, 120_000, 121_000);
        Assert.InRange(answer.Json.GetProperty("nextAfter").GetInt64() - now, 20_000, 21_000);
    }

    [Fact]
    public async Task An_answer_shows_a_number_as_people_write_it()
    {
        var id = await _service.VerifyAsync(_phone);

        var answer = await _service.ReadAsync(id);

        Assert.Contains($"\"number\":\"{_phone}\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unibell", 30)]
    [InlineData("revicom", 70)]
    [InlineData("bird", 30)]
    [InlineData("lanck", 30)]
    public async Task The_next_step_comes_after_the_default_wait_of_the_provider(string provider, int seconds)
    {
        var now = _service.Clock.GetUtcNow().ToUnixTimeMilliseconds();

        var answer = await _service.PostAsync(
            "/v1/verify", $$"""{"number":"{{_phone}}"{{Steps.CallsBy(provider, "lanck")}}}""");

        Assert.InRange(answer.Json.GetProperty("nextAfter").GetInt64() - now, seconds * 1000, (seconds * 1000) + 999);
    }

    [Fact]
    public async Task Without_a_further_step_the_answer_says_so()
    {
        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{_phone}}","method":"call"}""");

        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Json.GetProperty("nextMethod").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Json.GetProperty("nextAfter").ValueKind);
    }

    [Theory]
    [InlineData("+372 53000001")]
    [InlineData("37253000001")]
    [InlineData("+372530000\u041e1")]
    [InlineData("\uff0b\uff13\uff17253000001")]
    [InlineData("0037253000001")]
    [InlineData("+99953000001")]
    [InlineData("+3725")]
    [InlineData("+372530000011234567")]
    [InlineData("+")]
    [InlineData("call me")]
    public async Task A_number_that_cannot_be_called_is_error_11_with_a_reason(string number)
    {
        var answer = await _service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"}""");

        Assert.Equal((400, 11), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("number"));
        Assert.DoesNotContain("53000001", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unassigned_range_is_refused_only_where_that_is_on()
    {
        const string Unassigned = """{"number":"+14085550911","method":"call"}""";
        await using var strict = await TestService.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Numbers:RequireAssignedRange"] = "true" });

        var refused = await strict.PostAsync("/v1/verify", """{"number":"+37220000001","method":"call"}""");
        var taken = await _service.PostAsync("/v1/verify", """{"number":"+37220000001","method":"call"}""");

        Assert.Equal((400, 11), (refused.Status, refused.ErrorCode));
        Assert.Equal(202, taken.Status);
        Assert.Equal(202, (await _service.PostAsync("/v1/verify", Unassigned)).Status);
    }

    [Fact]
    public async Task An_optional_value_left_empty_is_absent()
    {
        var json = await _service.PostAsync(
            "/v1/verify",
            $$"""
            {"number":"{{_phone}}","method":"call","from":"","language":" ","ip":"","callbackUrl":"","codeLength":null,"workflow":null}
            """);
        var form = await _service.PostFormAsync(
            "/v1/verify", $"number=%2B{_other[1..]}&method=call&from=&language=&ip=&callbackUrl=&codeLength=&expiresIn=&workflow=");

        Assert.Equal(202, json.Status);
        Assert.Equal(202, form.Status);
    }

    [Theory]
    [InlineData("{}", "number")]
    [InlineData("{}", "method")]
    [InlineData("""{"number":37253000001}""", "number")]
    [InlineData("""{"number":["+37253000001"]}""", "number")]
    [InlineData("""{"method":"telepathy"}""", "method")]
    [InlineData("""{"method":true}""", "method")]
    [InlineData("""{"codeLength":3}""", "codeLength")]
    [InlineData("""{"codeLength":7}""", "codeLength")]
    [InlineData("""{"codeLength":"4"}""", "codeLength")]
    [InlineData("""{"codeLength":4.5}""", "codeLength")]
    [InlineData("""{"codeLength":1e400}""", "codeLength")]
    [InlineData("""{"expiresIn":59}""", "expiresIn")]
    [InlineData("""{"expiresIn":601}""", "expiresIn")]
    [InlineData("""{"from":{}}""", "from")]
    [InlineData("""{"from":"++4312345678"}""", "from")]
    [InlineData("""{"language":"klingon"}""", "language")]
    [InlineData("""{"ip":"somewhere"}""", "ip")]
    [InlineData("""{"callbackUrl":"http://example.com/"}""", "callbackUrl")]
    [InlineData("""{"callbackUrl":"https://10.0.0.1/"}""", "callbackUrl")]
    [InlineData("""{"callbackUrl":"https://169.254.169.254/"}""", "callbackUrl")]
    [InlineData("""{"callbackUrl":"not an address"}""", "callbackUrl")]
    [InlineData("""{"workflow":[]}""", "workflow")]
    [InlineData("""{"workflow":{}}""", "workflow")]
    [InlineData("""{"workflow":["call"]}""", "workflow")]
    [InlineData(
        """{"workflow":[{"method":"call"},{"method":"call"},{"method":"call"},{"method":"call"},{"method":"call"},{"method":"call"}]}""",
        "workflow")]
    [InlineData("""{"workflow":[{}]}""", "workflow[0].method")]
    [InlineData("""{"workflow":[{"method":"call"},{"method":"owl"}]}""", "workflow[1].method")]
    [InlineData("""{"workflow":[{"method":"call","provider":"nobody"}]}""", "workflow[0].provider")]
    [InlineData(
        """{"workflow":[{"method":"call","provider":"lanck"},{"method":"call","provider":"unibell"}],"codeLength":6}""",
        "workflow[1].provider")]
    [InlineData("""{"workflow":[{"method":"call","wait":4}]}""", "workflow[0].wait")]
    [InlineData("""{"workflow":[{"method":"call","wait":601}]}""", "workflow[0].wait")]
    [InlineData("""{"workflow":[{"method":"call","condition":"read"}]}""", "workflow[0].condition")]
    [InlineData("""{"method":"sms","workflow":[{"method":"call"}]}""", "method")]
    public async Task What_makes_no_sense_is_error_10_with_the_field_named(string body, string field)
    {
        var answer = await _service.PostAsync("/v1/verify", body);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
    }

    [Fact]
    public async Task A_method_that_no_configured_provider_can_do_is_error_10()
    {
        var configuration = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Routing:Order:call"] = "unibell",
        };
        await using var service = await TestService.StartAsync(configuration);

        var answer = await service.PostAsync("/v1/verify", """{"number":"+37253000001","method":"call","codeLength":6}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("method"));
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_at_once()
    {
        var answer = await _service.PostAsync(
            "/v1/verify",
            """{"number":5,"method":"owl","codeLength":9,"expiresIn":"soon","from":[],"language":"xx","ip":"x","callbackUrl":"x"}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.All(
            (string[])["number", "method", "codeLength", "expiresIn", "from", "language", "ip", "callbackUrl"],
            field => Assert.True(answer.Names(field), field));
    }

    [Theory]
    [InlineData("""{}""", "requestId")]
    [InlineData("""{"requestId":"x"}""", "code")]
    [InlineData("""{"requestId":"x","code":"12"}""", "code")]
    [InlineData("""{"requestId":"x","code":1234}""", "code")]
    [InlineData("""{"requestId":"x","code":"12345678"}""", "code")]
    [InlineData("""{"requestId":"x","code":"\u0661\u0662\u0663\u0664"}""", "code")]
    [InlineData("""{"requestId":"x","code":"1234","cli":"+3728000000"}""", "cli")]
    [InlineData("""{"requestId":"x","cli":"++3728000000"}""", "cli")]
    public async Task A_check_that_makes_no_sense_is_error_10_with_the_field_named(string body, string field)
    {
        var answer = await _service.PostAsync("/v1/verify/check", body);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
    }

    [Theory]
    [InlineData("""{"number":"+37253000001","from":"+37280000000","code":"1234"}""", "from")]
    [InlineData("""{"number":"+37253000001","code":"123"}""", "code")]
    [InlineData("""{"number":"+37253000001","from":"12"}""", "from")]
    [InlineData("""{"number":"+37253000001","from":"++4312345678"}""", "from")]
    [InlineData("""{"code":"1234"}""", "number")]
    public async Task A_flash_call_that_makes_no_sense_is_error_10_with_the_field_named(string body, string field)
    {
        var answer = await _service.PostAsync("/v1/calls/flash", body);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names(field), answer.Body);
        Assert.Equal(0, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task An_unknown_goal_is_error_10()
    {
        var id = await _service.VerifyAsync(_phone);

        var answer = await _service.PostAsync($"/v1/requests/{id}", """{"goal":"FAME"}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("goal"));
    }

    [Theory]
    [InlineData("01JZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("nonsense")]
    public async Task A_request_that_does_not_exist_is_404_with_error_20(string id)
    {
        Answer[] answers =
        [
            await _service.ReadAsync(id),
            await _service.CheckAsync(id, "1234"),
            await _service.NextAsync(id),
            await _service.CancelAsync(id),
            await _service.PostAsync($"/v1/requests/{id}", """{"goal":"NUMBER_VERIFIED"}"""),
        ];

        Assert.All(answers, answer => Assert.Equal((404, 20), (answer.Status, answer.ErrorCode)));
    }

    [Fact]
    public async Task The_request_echoes_its_parameters_and_never_a_code()
    {
        var verification = await _service.VerifyAsync(_phone, ""","language":"ru","ip":"192.0.2.1","expiresIn":90""");
        var call = await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{_other}}","code":"4821"}""");

        var echo = (await _service.ReadAsync(verification)).Json.GetProperty("payload");
        var ofCall = await _service.ReadAsync(call.Text("requestId"));

        Assert.Equal("ru", echo.GetProperty("language").GetString());
        Assert.Equal("192.0.2.1", echo.GetProperty("ip").GetString());
        Assert.Equal("90", echo.GetProperty("expiresIn").GetString());
        Assert.Equal("****", ofCall.Json.GetProperty("payload").GetProperty("code").GetString());
    }
}
