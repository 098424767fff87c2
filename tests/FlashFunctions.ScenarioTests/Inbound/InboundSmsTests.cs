using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Inbound;

public sealed class InboundSmsTests : ReceivedTests
{
    private const string From = "447700900001";
    private const string To = "447700900000";
    private static readonly Uri Address = new($"http://service.test/webhooks/lanck/inbound-sms/{ServiceHost.InboundSmsToken}");
    private readonly WebhookSecret _secret = WebhookSecret.Generate();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_is_forwarded_to_the_owner_of_the_number_signed(bool trailingComma)
    {
        await OwnAsync();
        var message = new SimulatedInboundSms(From, To, "Hello \u00fc") { MessageId = "m/1", Parts = 2, TrailingComma = trailingComma };
        Assert.True(Service.Simulator.InjectInboundSms(message));
        await Service.PumpAsync();

        var forwarded = Assert.Single(Receiver.All);
        Assert.Equal(
            (From, To, "m/1", "Hello \u00fc"),
            (forwarded.Text("from"), forwarded.Text("to"), forwarded.Text("messageId"), forwarded.Text("text")));
        Assert.Equal(2, JsonElement.Parse(forwarded.Body).GetProperty("parts").GetInt32());
        Assert.Equal(Service.Clock.GetUtcNow().ToUnixTimeSeconds(), JsonElement.Parse(forwarded.Body).GetProperty("timestamp").GetInt64());
        Assert.True(forwarded.IsSignedWith(_secret.Reveal()));
    }

    [Theory]
    [InlineData("+5215512345678", "525512345678")]
    [InlineData("+525512345678", "5215512345678")]
    public async Task A_number_has_one_owner_however_it_is_written(string owned, string to)
    {
        await OwnAsync(owned);
        Assert.True(Service.Simulator.InjectInboundSms(new SimulatedInboundSms(From, to, "Hello") { MessageId = "m1" }));
        await Service.PumpAsync();

        Assert.Equal(to, Assert.Single(Receiver.All).Text("to"));
        Assert.False(await Service.Service<OwnedNumbers>().ClaimAsync("another", $"+{to}", default));
    }

    [Fact]
    public async Task A_repeated_message_is_answered_well_and_forwarded_once()
    {
        await OwnAsync();
        for (var hour = 0; hour < 24; hour++)
        {
            Assert.Equal(200, await PostAsync("m1"));
            await Service.PassAsync(TimeSpan.FromHours(1));
        }

        Assert.Single(Receiver.All);
    }

    [Fact]
    public async Task A_message_is_stored_and_queued_before_it_is_answered()
    {
        await OwnAsync();
        Journal.Clear();

        Assert.Equal(200, await PostAsync("m1"));

        Assert.Equal(
            [
                $"{TableNames.InboundMessages}.Read", $"{TableNames.InboundMessages}.Insert", $"{TableNames.Index}.Insert",
                $"{QueueNames.Callbacks}.Send",
            ],
            Journal.Storage);
        Assert.Empty(Receiver.All);
    }

    [Theory]
    [InlineData($"{TableNames.InboundMessages}.Insert")]
    [InlineData($"{TableNames.Index}.Insert")]
    [InlineData($"{QueueNames.Callbacks}.Send")]
    public async Task What_could_not_be_stored_or_queued_is_taken_from_the_repeat(string operation)
    {
        await OwnAsync();
        Journal.Before = one => one.ToString() == operation ? throw new StorageUnavailableException() : Task.CompletedTask;
        Assert.Equal(503, await PostAsync("m1"));
        Journal.Before = null;

        Assert.Equal(200, await PostAsync("m1"));
        await Service.PumpAsync();

        Assert.Single(Receiver.All);
    }

    [Fact]
    public async Task A_message_to_a_number_of_nobody_is_kept_and_answered_well()
    {
        Assert.Equal(200, await PostAsync("m1"));
        await Service.PumpAsync();
        Assert.Equal(200, await PostAsync("m1"));
        await Service.PumpAsync();

        Assert.Empty(Receiver.All);
        Assert.Empty((await Service.DeadLetters.ListAsync(null, null, 10, default))!.Items);
    }

    [Theory]
    [InlineData("")]
    [InlineData("another-token-00000000")]
    [InlineData(ServiceHost.UnibellWebhookToken)]
    public async Task Without_the_token_nothing_is_taken(string token)
    {
        await OwnAsync();

        Assert.Equal(401, await Service.PostWebhookAsync(new Uri($"http://service.test/webhooks/lanck/inbound-sms/{token}"), Body("m1")));
        await Service.PumpAsync();

        Assert.Empty(Receiver.All);
    }

    [Fact]
    public async Task Where_no_token_is_configured_nothing_is_taken()
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Providers:Lanck:InboundSmsToken"] = "" });

        Assert.Equal(401, await service.PostWebhookAsync(new Uri("http://service.test/webhooks/lanck/inbound-sms/"), Body("m1")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"from":"447700900001","to":"447700900000","text":"no id"}""")]
    public async Task What_is_no_message_is_refused(string body) => Assert.Equal(400, await Service.PostWebhookAsync(Address, body));

    [Fact]
    public async Task A_message_that_is_not_taken_is_retried_and_then_a_dead_letter_that_can_be_sent_again()
    {
        await OwnAsync();
        Receiver.AnswerWith(500);
        await PostAsync("m1");
        await Service.PumpAsync();
        for (var pass = 0; pass < 7; pass++)
        {
            await Service.PassAsync(TimeSpan.FromHours(11));
        }

        Assert.Equal(7, Receiver.All.Count);
        var letter = Assert.Single((await Service.DeadLetters.ListAsync("owner", null, 10, default))!.Items);
        Assert.Equal("inbound-sms", letter.Kind);
        Receiver.AnswerWith(200);
        await Service.DeadLetters.RetryAsync(letter.Id, default);
        await Service.PumpAsync();

        Assert.Equal(8, Receiver.All.Count);
        Assert.Single(Receiver.All.Select(one => (one.Id, one.Body)).Distinct());
    }

    [Fact]
    public async Task A_very_long_text_arrives_whole()
    {
        await OwnAsync();
        var text = string.Concat(Enumerable.Repeat("Привет ", 5_000));

        Assert.Equal(
            200, await Service.PostWebhookAsync(Address, $$"""{"from":"{{From}}","to":"{{To}}","messageId":"m1","text":"{{text}}"}"""));
        await Service.PumpAsync();

        Assert.Equal(text, Assert.Single(Receiver.All).Text("text"));
    }

    [Fact]
    public async Task Messages_are_purged_with_what_is_past_retention()
    {
        await OwnAsync();
        await PostAsync("m1");
        await Service.PumpAsync();
        var midnight = new DateTimeOffset(Service.Clock.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

        await Service.PassAsync(midnight.AddDays(30).AddMinutes(1) - Service.Clock.GetUtcNow());
        await Service.SweepAsync();

        Assert.Contains($"{TableNames.InboundMessages}.DeleteBatch", Journal.Storage);
        Assert.Contains($"{TableNames.Index}.Delete", Journal.Storage);
    }

    private static string Body(string messageId) =>
        $$"""{"from":"{{From}}","to":"{{To}}","messageId":"{{messageId}}","text":"Hello world","timestamp":1578787200,"parts":1,}""";

    private Task<int> PostAsync(string messageId) => Service.PostWebhookAsync(Address, Body(messageId));

    private async Task OwnAsync(string number = $"+{To}")
    {
        var services = Service.Host.Services;
        await services.GetRequiredService<AccountStore>().AddAsync(
            new Account { Id = "owner", CallbackSecrets = [_secret], Numbers = [number], InboundSmsAddress = Receiver.Address }, default);
        Assert.True(await services.GetRequiredService<OwnedNumbers>().ClaimAsync("owner", number, default));
    }
}
