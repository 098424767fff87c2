using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>What does not go through to the provider as it came. The documented rows that do are in the folder Parameters.</summary>
public sealed class ParameterTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Address = "https://backend.example/hook";

    private readonly TestService _service = shared.Service;
    private readonly string _number = shared.NewPhone();

    [Theory]
    [InlineData("sms", "text", "Your order #29211 received & more")]
    [InlineData("messaging/viber", "buttonActionUrl", "https://shop.example/orders?id=29211&x=1")]
    [InlineData("calls/p2s", "code", "0123")]
    [InlineData("calls/t2s", "from", "37282329823")]
    public async Task A_parameter_is_echoed_and_a_code_as_stars(string path, string name, string value)
    {
        var fields = Required(path, _number);
        fields[name] = value;

        var answer = await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields));

        Assert.Equal((202, "ACCEPTED"), (answer.Status, answer.Text("status")));
        await _service.PumpAsync();
        var request = await _service.ReadAsync(answer.Text("requestId"));
        Assert.Equal("DELIVERED", request.Text("status"));
        Assert.Equal(name == "code" ? "****" : value, request.Json.GetProperty("payload").GetProperty(name).GetString());
    }

    [Theory]
    [InlineData("sms", "title")]
    [InlineData("messaging/push", "from")]
    [InlineData("messaging/rcs", "from")]
    [InlineData("sms", "buttonCaption")]
    public async Task A_parameter_that_the_document_does_not_give_a_channel_is_not_sent(string path, string name)
    {
        var fields = Required(path, _number);
        fields[name] = "Hello";

        Assert.Equal(202, (await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields))).Status);

        await _service.PumpAsync();
        Assert.DoesNotContain(name, Upstream.OnlyForm(_service, path, _number).Keys);
    }

    [Theory]
    [InlineData("calls/p2s", "pt-BR", "pt")]
    [InlineData("calls/p2s", "iw", "he")]
    [InlineData("calls/t2s", "ru_RU", "ru")]
    [InlineData("calls/p2s", null, "en")]
    [InlineData("calls/t2s", null, "en")]
    public async Task A_language_reaches_the_provider_without_its_region(string path, string? given, string sent)
    {
        var fields = Required(path, _number);
        if (given is not null)
        {
            fields["language"] = given;
        }

        Assert.Equal(202, (await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields))).Status);

        await _service.PumpAsync();
        Assert.Equal(sent, Upstream.OnlyForm(_service, path, _number)["language"]);
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
        var fields = Required(path, _number);
        fields["callbackUrl"] = Address;

        Assert.Equal(202, (await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields))).Status);

        await _service.PumpAsync();
        var form = Upstream.Form(Assert.Single(Upstream.To(_service, path, _number)));
        Assert.DoesNotContain("backend.example", form["callbackUrl"], StringComparison.Ordinal);
    }

    /// <summary>The parameters that a path cannot do without.</summary>
    internal static Dictionary<string, string> Required(string path, string number = Phones.Ordinary)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = number };
        fields[path == "calls/p2s" ? "code" : "text"] = path == "calls/p2s" ? "1234" : "Hello world";
        return fields;
    }
}
