using System.Text;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Revicom;

public sealed class RevicomWebhookTests
{
    private const string Name = "revicom";
    private const string Uuid = "063474ec-a34f-4558-90c5-984395000004";

    [Fact]
    public async Task A_callback_is_read_whether_one_or_many()
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        var attempt = ProviderRig.Call(null).Attempt;
        var time = rig.Time.GetUtcNow();

        Assert.Equal(
            [new ProviderEvent(Name, attempt, Uuid, TransportStatus.Delivered, "Delivered", time)],
            Items(rig, Contract.Read("Revicom", nameof(A_callback_is_read_whether_one_or_many), "object")));
        Assert.Equal(
            [
                new ProviderEvent(Name, attempt, Uuid, TransportStatus.Sent, "sent", time),
                new ProviderEvent(Name, attempt, Uuid, TransportStatus.Delivered, "delivered", time.AddSeconds(1)),
            ],
            Items(rig, Contract.Read("Revicom", nameof(A_callback_is_read_whether_one_or_many), "array")));
    }

    [Theory]
    [InlineData("sent", TransportStatus.Sent)]
    [InlineData("delivered", TransportStatus.Delivered)]
    [InlineData("READ", TransportStatus.Delivered)]
    [InlineData("undelivered", TransportStatus.Undelivered)]
    [InlineData("Expired", TransportStatus.Undelivered)]
    [InlineData("failed", TransportStatus.Undelivered)]
    [InlineData("rejected", TransportStatus.Rejected)]
    [InlineData("clicked", null)]
    [InlineData("", null)]
    public async Task An_event_is_normalised_by_the_table(string word, TransportStatus? expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        Assert.Equal(expected, Assert.Single(Items(rig, Bytes($$"""{"event": "{{word}}"}"""))).Status);
        Assert.Equal(expected, Assert.Single(Items(rig, Bytes($$"""{"status": "{{word}}"}"""))).Status);
        Assert.Equal(expected, Assert.Single(Items(rig, Bytes($$"""{"event": "callback", "status": "{{word}}"}"""))).Status);
    }

    [Theory]
    [InlineData("""{"event": "delivered", "status": "sent"}""", TransportStatus.Delivered, "delivered")]
    [InlineData("""{"event": "callback", "status": "sent"}""", TransportStatus.Sent, "sent")]
    [InlineData("""{"event": "callback", "status": "pondering"}""", null, "pondering")]
    [InlineData("""{"event": "callback"}""", null, "callback")]
    [InlineData("{}", null, "")]
    public async Task The_event_is_read_first_and_where_its_word_is_unknown_the_status(string body, TransportStatus? expected, string word)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        var read = Assert.Single(Items(rig, Bytes(body)));

        Assert.Equal((expected, word), (read.Status, read.RawStatus));
    }

    [Theory]
    [InlineData("""{"time": 1768478400, "timestamp": 1768478500}""", 1_768_478_400L)]
    [InlineData("""{"timestamp": 1768478500}""", 1_768_478_500L)]
    [InlineData("{}", null)]
    public async Task The_time_may_have_either_name(string body, long? expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        Assert.Equal(expected, Assert.Single(Items(rig, Bytes(body))).At?.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task What_is_null_in_an_array_is_passed_over()
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        Assert.Equal(
            [TransportStatus.Sent, TransportStatus.Delivered],
            Items(rig, Bytes("""[{"event": "sent"}, null, {"event": "delivered"}]""")).Select(read => read.Status!.Value));
    }

    [Fact]
    public async Task Another_attempts_path_or_an_altered_one_is_not_authentic()
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);
        var path = rig.CallbackPath(Name);

        foreach (var wrong in new[] { "", "x", path[..^1], path.Replace("/0/", "/1/"), rig.CallbackPath("lanck"), path + "/" })
        {
            Assert.Equal(new WebhookReading.NotAuthentic("path token"), rig.Webhook(Name, wrong, """{"event": "delivered"}"""));
            Assert.Equal(new WebhookReading.NotAuthentic("path token"), rig.RefusalOf(Name, wrong));
        }

        Assert.Null(rig.RefusalOf(Name, path));
    }

    [Fact]
    public async Task Without_credentials_nothing_is_authentic()
    {
        await using var rig = new ProviderRig();

        Assert.IsType<WebhookReading.NotAuthentic>(rig.Webhook(Name, rig.CallbackPath(Name), """{"event": "delivered"}"""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("event=delivered")]
    [InlineData("\"delivered\"")]
    [InlineData("[1]")]
    public async Task A_body_of_another_shape_is_unreadable(string body)
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        Assert.Equal(
            new WebhookReading.Unreadable("neither a JSON object nor an array of them"), rig.Webhook(Name, rig.CallbackPath(Name), body));
    }

    [Fact]
    public async Task An_empty_array_holds_nothing_for_us()
    {
        await using var rig = new ProviderRig(ProviderRig.Revicom);

        Assert.Empty(Items(rig, Bytes("[]")));
    }

    private static IReadOnlyList<ProviderEvent> Items(ProviderRig rig, byte[] body) =>
        Assert.IsType<WebhookReading.Events>(rig.Webhook(Name, rig.CallbackPath(Name), body)).Items;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
