using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>Every row of the source document's parameter tables reaches the provider as documented, from JSON and from a form.</summary>
public sealed class ParameterTests : IAsyncLifetime
{
    private const string Number = "+37253000001";
    private const string Address = "https://backend.example/hook";

    private TestService _service = null!;

    public static TheoryData<string, string, string> Rows => new()
    {
        { "sms", "text", "Your order #29211 received & more" },
        { "sms", "from", "Hello" },
        { "messaging/push", "text", "Your order #29211 received" },
        { "messaging/push", "title", "Hi!" },
        { "messaging/viber", "text", "Ваш заказ принят" },
        { "messaging/viber", "from", "Hello" },
        { "messaging/viber", "buttonCaption", "Open" },
        { "messaging/viber", "buttonActionUrl", "https://shop.example/orders?id=29211&x=1" },
        { "messaging/viber", "imageUrl", "https://shop.example/image.png" },
        { "messaging/rcs", "text", "Your order #29211 received" },
        { "calls/p2s", "code", "0123" },
        { "calls/p2s", "code", "123456" },
        { "calls/p2s", "from", "37282329823" },
        { "calls/p2s", "language", "zh" },
        { "calls/t2s", "text", "Hi, i'm using API!" },
        { "calls/t2s", "from", "37282329823" },
        { "calls/t2s", "language", "ru" },
    };

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_parameter_reaches_the_provider(string path, string name, string value)
    {
        var fields = Required(path);
        fields[name] = value;

        var answer = await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields));

        Assert.Equal(202, answer.Status);
        Assert.Equal("ACCEPTED", answer.Text("status"));
        await _service.PumpAsync();
        var form = Upstream.OnlyForm(_service, path);
        Assert.Equal(value, form[name]);
        Assert.Equal(Number, form["number"]);
        var request = await _service.ReadAsync(answer.Text("requestId"));
        Assert.Equal("DELIVERED", request.Text("status"));
        Assert.Equal(name == "code" ? "****" : value, request.Json.GetProperty("payload").GetProperty(name).GetString());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_parameter_of_a_form_reaches_the_provider(string path, string name, string value)
    {
        var fields = Required(path);
        fields[name] = value;
        using var form = new FormUrlEncodedContent(fields);

        var answer = await _service.PostFormAsync($"/v1/{path}", await form.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(202, answer.Status);
        await _service.PumpAsync();
        Assert.Equal(value, Upstream.OnlyForm(_service, path)[name]);
    }

    [Theory]
    [InlineData("sms", "title")]
    [InlineData("messaging/push", "from")]
    [InlineData("messaging/rcs", "from")]
    [InlineData("sms", "buttonCaption")]
    public async Task A_parameter_that_the_document_does_not_give_a_channel_is_not_sent(string path, string name)
    {
        var fields = Required(path);
        fields[name] = "Hello";

        Assert.Equal(202, (await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields))).Status);

        await _service.PumpAsync();
        Assert.DoesNotContain(name, Upstream.OnlyForm(_service, path).Keys);
    }

    [Theory]
    [InlineData("calls/p2s", "pt-BR", "pt")]
    [InlineData("calls/p2s", "iw", "he")]
    [InlineData("calls/t2s", "ru_RU", "ru")]
    [InlineData("calls/p2s", null, "en")]
    [InlineData("calls/t2s", null, "en")]
    public async Task A_language_reaches_the_provider_without_its_region(string path, string? given, string sent)
    {
        var fields = Required(path);
        if (given is not null)
        {
            fields["language"] = given;
        }

        Assert.Equal(202, (await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields))).Status);

        await _service.PumpAsync();
        Assert.Equal(sent, Upstream.OnlyForm(_service, path)["language"]);
    }

    [Theory]
    [InlineData("sms")]
    [InlineData("messaging/push")]
    [InlineData("messaging/viber")]
    [InlineData("messaging/rcs")]
    [InlineData("calls/p2s")]
    [InlineData("calls/t2s")]
    public async Task The_accounts_callback_address_is_not_handed_on(string path)
    {
        var fields = Required(path);
        fields["callbackUrl"] = Address;

        Assert.Equal(202, (await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields))).Status);

        await _service.PumpAsync();
        var form = Upstream.Form(Assert.Single(Upstream.To(_service, path)));
        Assert.DoesNotContain("backend.example", form["callbackUrl"], StringComparison.Ordinal);
    }

    /// <summary>The parameters that a path cannot do without.</summary>
    internal static Dictionary<string, string> Required(string path)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = Number };
        fields[path == "calls/p2s" ? "code" : "text"] = path == "calls/p2s" ? "1234" : "Hello world";
        return fields;
    }
}
