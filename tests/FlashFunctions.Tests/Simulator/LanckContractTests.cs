using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

public sealed class LanckContractTests
{
    private const string Number = "number=%2B14085553911";

    [Theory]
    [InlineData("/verify", Number + "&method=call", SimulatedCallKind.FlashCall, "verify.call")]
    [InlineData("/verify", Number + "&method=sms&from=Us&language=ru&codeLength=6&ip=192.0.2.7", SimulatedCallKind.Sms, "verify.sms")]
    [InlineData("/verify", Number + "&method=voice&language=zh&codeLength=5", SimulatedCallKind.SpokenCall, "verify.voice")]
    [InlineData("/sms", Number + "&text=hello&from=Us", SimulatedCallKind.Sms, "sms")]
    [InlineData("/messaging/push", Number + "&text=hello&title=Hi", SimulatedCallKind.Push, "messaging.push")]
    [InlineData(
        "/messaging/viber",
        Number + "&text=hello&from=Us&buttonCaption=Go&buttonActionUrl=https://a.test&imageUrl=https://a.test/i.png",
        SimulatedCallKind.Viber,
        "messaging.viber")]
    [InlineData("/messaging/rcs", Number + "&text=hello", SimulatedCallKind.Rcs, "messaging.rcs")]
    [InlineData("/calls/flash", Number, SimulatedCallKind.FlashCall, "calls.flash")]
    [InlineData("/calls/p2s", Number + "&code=123456&language=uz", SimulatedCallKind.SpokenCall, "calls.p2s")]
    [InlineData("/calls/t2s", Number + "&text=hello&language=ru", SimulatedCallKind.SpokenCall, "calls.t2s")]
    public async Task Each_operation_reaches_the_phone(string path, string form, SimulatedCallKind kind, string product)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.LanckAsync(path, form);

        Assert.Equal(200, answer.Code);
        var placed = Assert.Single(session.App.Calls);
        Assert.Equal(
            (kind, product, answer.Text("requestId"), "14085553911"), (placed.Kind, placed.Product, placed.Reference, placed.Number));
        Assert.Equal(product == "calls.flash", answer.Json["from"] is not null);
    }

    [Theory]
    [InlineData("/verify", "method=call", 10)]
    [InlineData("/verify", Number, 10)]
    [InlineData("/verify", Number + "&method=push", 10)]
    [InlineData("/verify", Number + "&method=sms&language=xx", 10)]
    [InlineData("/verify", Number + "&method=sms&codeLength=7", 10)]
    [InlineData("/verify", Number + "&method=sms&codeLength=four", 10)]
    [InlineData("/verify", Number + "&method=sms&ip=somewhere", 10)]
    [InlineData("/verify", Number + "&method=sms&callbackUrl=nowhere", 10)]
    [InlineData("/verify", "number=12&method=sms", 11)]
    [InlineData("/verify", "number=%2B1408555391l&method=sms", 11)]
    [InlineData("/verify/check", "code=1234", 10)]
    [InlineData("/verify/check", "requestId=x", 10)]
    [InlineData("/sms", Number, 10)]
    [InlineData("/messaging/push", "text=x", 10)]
    [InlineData("/messaging/viber", Number + "&text=x&imageUrl=x", 10)]
    [InlineData("/messaging/rcs", Number + "&text=", 10)]
    [InlineData("/calls/flash", Number + "&code=123", 10)]
    [InlineData("/calls/flash", Number + "&code=1234567", 10)]
    [InlineData("/calls/flash", Number + "&code=1234&from=37282329823", 10)]
    [InlineData("/calls/flash", Number + "&from=us", 10)]
    [InlineData("/calls/flash", Number + "&" + Number, 10)]
    [InlineData("/calls/p2s", Number, 10)]
    [InlineData("/calls/p2s", Number + "&code=1234&language=xx", 10)]
    [InlineData("/calls/t2s", Number + "&text=x&language=de", 10)]
    [InlineData("/calls/t2s", Number, 10)]
    [InlineData("/insight/hlr", "", 10)]
    [InlineData("/insight/fraudcheck", "number=x", 11)]
    public async Task A_request_against_the_document_is_refused(string path, string form, int errorCode)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.LanckAsync(path, form);

        Assert.Equal(400, answer.Code);
        Assert.Equal(errorCode, answer.Json["errorCode"]!.GetValue<int>());
        Assert.NotEmpty(answer.Text("errorReason"));
        Assert.Empty(session.App.Calls);
    }

    [Fact]
    public async Task Bodies_are_forms()
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(400, (await session.LanckJsonAsync("/sms", """{"number":"+14085553911","text":"x"}""")).Code);
    }

    [Fact]
    public async Task A_raw_plus_in_a_form_is_read_as_the_documents_examples_send_it()
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(200, (await session.LanckAsync("/calls/flash", "number=+14085553911")).Code);
        Assert.Equal("+14085553911", session.App.Phone("14085553911")!.Number);
    }

    [Fact]
    public async Task A_sender_that_was_not_validated_is_errorCode_16()
    {
        await using var session = await SimulatorSession.StartAsync(receiver => new SimulatorOptions
        {
            Manual = true,
            CallbackHandler = receiver,
            Lanck = new SimulatedLanckOptions { AllowedSenders = ["Us", "37282329823"] },
        });

        Assert.Equal(16, (await session.LanckAsync("/sms", Number + "&text=x&from=Them")).Json["errorCode"]!.GetValue<int>());
        Assert.Equal(200, (await session.LanckAsync("/sms", Number + "&text=x&from=Us")).Code);
        Assert.Equal(16, (await session.LanckAsync("/calls/flash", Number + "&from=37282329824")).Json["errorCode"]!.GetValue<int>());
        Assert.Equal("37282329823", (await session.LanckAsync("/calls/flash", Number + "&from=%2B37282329823")).Text("from"));
    }

    [Fact]
    public async Task Wrong_credentials_are_errorCode_1()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.SendAsync(
            HttpMethod.Post, "/lanck/v1/sms", new StringContent(""),
            SimulatorSession.Authorization(SimulatorSession.LanckCredentials("wrong")));

        Assert.Equal((401, 1), (answer.Code, answer.Json["errorCode"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Beyond_thirty_requests_a_second_comes_errorCode_4()
    {
        await using var session = await SimulatorSession.StartAsync(receiver => new SimulatorOptions
        {
            Manual = true,
            CallbackHandler = receiver,
            Lanck = new SimulatedLanckOptions { RequestsPerSecond = 30 },
        });
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(200, (await session.LanckAsync("/calls/flash", Number)).Code);
        }

        var refused = await session.LanckAsync("/calls/flash", Number);
        session.Time.Step(TimeSpan.FromSeconds(1));
        var later = await session.LanckAsync("/calls/flash", Number);

        Assert.Equal((429, 4), (refused.Code, refused.Json["errorCode"]!.GetValue<int>()));
        Assert.Equal(200, later.Code);
    }

    [Theory]
    [InlineData("call")]
    [InlineData("sms")]
    [InlineData("voice")]
    public async Task A_delegated_verification_is_checked_by_the_provider(string method)
    {
        await using var session = await SimulatorSession.StartAsync();
        var id = (await session.LanckAsync("/verify", $"{Number}&method={method}&codeLength=5")).Text("requestId");
        var placed = Assert.Single(session.App.Calls);
        var code = method switch
        {
            "call" => placed.From![^5..],
            "sms" => placed.Text![..5],
            _ => placed.Text!.Replace(" ", "", StringComparison.Ordinal),
        };
        var wrong = (code[0] == '9' ? '8' : '9') + code[1..];

        var refused = await session.LanckAsync("/verify/check", $"requestId={id}&code={wrong}");
        var taken = await session.LanckAsync("/verify/check", $"requestId={id}&code={code}");

        Assert.False(refused.Json["verified"]!.GetValue<bool>());
        Assert.True(taken.Json["verified"]!.GetValue<bool>());
        Assert.Equal("VERIFIED", taken.Text("status"));
    }

    [Fact]
    public async Task A_request_can_be_read_and_given_a_goal()
    {
        await using var session = await SimulatorSession.StartAsync();
        var id = (await session.LanckAsync("/sms", "number=%2B916386535611&text=hello")).Text("requestId");
        await session.App.DeliverCallbacksAsync();

        var info = await session.LanckGetAsync("/requests/" + id);
        var goal = await session.LanckAsync("/requests/" + id, "goal=NUMBER_VERIFIED");

        Assert.Equal(
            ["sms", "+916386535611", "405871", "Jio", "IN", "DELIVERED"],
            new[] { "product", "number", "mccmnc", "network", "country", "status" }.Select(info.Text));
        Assert.Equal(session.Time.GetUtcNow().ToUnixTimeMilliseconds(), info.Json["createdAt"]!.GetValue<long>());
        Assert.Equal("hello", info.Json["payload"]!["text"]!.ToString());
        Assert.Equal(200, goal.Code);
        var report = Assert.Single(session.App.Reports);
        Assert.Equal(("goal", id, "NUMBER_VERIFIED", "916386535611"), (report.Kind, report.Reference, report.Result, report.Number));
    }

    [Fact]
    public async Task An_unknown_request_is_not_found_and_a_goal_is_needed()
    {
        await using var session = await SimulatorSession.StartAsync();

        Assert.Equal(404, (await session.LanckGetAsync("/requests/none")).Code);
        Assert.Equal(404, (await session.LanckAsync("/requests/none", "goal=LINK_OPENED")).Code);
        Assert.Equal(404, (await session.LanckAsync("/verify/check", "requestId=none&code=1234")).Code);
        Assert.Equal(400, (await session.LanckAsync("/requests/none", "")).Code);
    }

    [Theory]
    [InlineData("47463562201", "DELIVERED")]
    [InlineData("47463562263", "UNDELIVERED")]
    [InlineData("47463562262", "REJECTED")]
    public async Task An_HLR_lookup_answers_by_the_number_to_get_and_to_post(string digits, string status)
    {
        await using var session = await SimulatorSession.StartAsync();

        var posted = await session.LanckAsync("/insight/hlr", $"number=%2B{digits}");
        var got = await session.LanckGetAsync($"/insight/hlr?number=%2B{digits}");

        Assert.Equal((status, status), (posted.Text("status"), got.Text("status")));
        Assert.Equal(("insight.hlr", "NO"), (posted.Text("product"), posted.Text("country")));
    }

    [Theory]
    [InlineData("01", "PASSED", true)]
    [InlineData("61", "FRAUDLENT", true)]
    [InlineData("62", "SUSPICIOUS", true)]
    [InlineData("63", "NOT_MOBILE_PREFIX", false)]
    [InlineData("64", "FRAUDULENT", true)]
    public async Task A_fraud_check_answers_by_the_number(string ending, string status, bool isMobile)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.LanckAsync("/insight/fraudcheck", "number=%2B474635622" + ending);

        Assert.Equal((status, isMobile), (answer.Text("status"), answer.Json["mobilePrefix"]!.GetValue<bool>()));
    }
}
