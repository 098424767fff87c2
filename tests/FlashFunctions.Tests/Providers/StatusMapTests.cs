using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Tests.Requests;

namespace FlashFunctions.Tests.Providers;

/// <summary>Every word of each provider's table, in every order: late, repeated and unknown ones.</summary>
public sealed class StatusMapTests
{
    /// <summary>From what is least far along to what is furthest. A word that is missing in the document is not known.</summary>
    private static readonly Dictionary<string, string[]> Furthest = new(StringComparer.Ordinal)
    {
        ["unibell"] = ["REJECTED UNAVAILABLE FORBIDDEN=Undelivered", "ANSWERED TERMINATED BUSY_HERE=Delivered"],
        ["revicom"] = ["sent=Sent", "undelivered expired failed=Undelivered", "rejected=Rejected", "delivered read=Delivered"],
        ["bird"] =
        [
            "accepted scheduled starting=Sent", "ringing=Ringing", "failed=Undelivered", "ongoing completed no-answer busy=Delivered",
        ],
        ["lanck"] = ["SENT=Sent", "UNDELIVERED=Undelivered", "REJECTED=Rejected", "DELIVERED=Delivered", "READ=Read"],
    };

    private static readonly Dictionary<string, (string, string)[]> Settings = new(StringComparer.Ordinal)
    {
        ["unibell"] = ProviderRig.Unibell,
        ["revicom"] = ProviderRig.Revicom,
        ["bird"] = ProviderRig.Bird,
        ["lanck"] = ProviderRig.Lanck,
    };

    public static TheoryData<string> Providers { get; } = [.. Furthest.Keys];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Of_two_reports_the_one_that_is_further_along_counts_in_either_order_and_however_often_it_comes(string provider)
    {
        await using var rig = new ProviderRig(Settings[provider]);
        var words = Furthest[provider]
            .SelectMany((line, rank) => line.Split('=')[0].Split(' ')
                .Select(word => (Word: word, Rank: rank, Status: Enum.Parse<TransportStatus>(line.Split('=')[1]))))
            .ToArray();

        foreach (var (one, other) in from one in words from other in words select (one, other))
        {
            var expected = one.Rank > other.Rank ? one.Status : other.Status;

            var once = Reported(rig, provider, one.Word, other.Word);

            Assert.Equal((one.Word, other.Word, expected), (one.Word, other.Word, once.Attempts[0].Status!.Value));
            Assert.Equal(expected, Reported(rig, provider, one.Word, other.Word, one.Word, other.Word).Attempts[0].Status);
            Assert.Equal(expected, Reported(rig, provider, "unheard-of", one.Word, "unheard-of", other.Word).Attempts[0].Status);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_unknown_word_changes_nothing(string provider)
    {
        await using var rig = new ProviderRig(Settings[provider]);
        var request = Sample.Message(Sample.Attempt(AttemptState.Placed, TransportStatus.Sent));

        Assert.Same(request, AttemptLife.Reported(request, 0, Read(rig, provider, "unheard-of"), rig.Time.GetUtcNow()));
    }

    [Theory]
    [InlineData("cancelled", TransportStatus.Undelivered)]
    [InlineData("starting cancelled", TransportStatus.Undelivered)]
    [InlineData("failed cancelled", TransportStatus.Undelivered)]
    [InlineData("ringing cancelled", TransportStatus.Delivered)]
    [InlineData("cancelled ringing", TransportStatus.Delivered)]
    [InlineData("cancelled ringing cancelled", TransportStatus.Delivered)]
    [InlineData("no-answer cancelled", TransportStatus.Delivered)]
    [InlineData("cancelled unheard-of", TransportStatus.Undelivered)]
    public async Task A_call_of_Bird_that_was_cancelled_was_delivered_if_it_ever_rang(string words, TransportStatus expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        Assert.Equal(expected, Reported(rig, "bird", words.Split(' ')).Attempts[0].Status);
    }

    private static RequestRecord Reported(ProviderRig rig, string provider, params string[] words) => words.Aggregate(
        Sample.Verification(Sample.Attempt(AttemptState.Placed, TransportStatus.Sent)),
        (request, word) => AttemptLife.Reported(request, 0, Read(rig, provider, word), rig.Time.GetUtcNow()));

    private static ProviderEvent Read(ProviderRig rig, string provider, string word)
    {
        var reading = provider switch
        {
            "unibell" => rig.Webhook(
                provider, "unibell-webhook-token", $$"""{"requestId": "r", "status": "{{word}}", "appKey": "unibell-app-key"}"""),
            "bird" => Signed(rig, $$"""{"id": "r", "status": "{{word}}"}"""),
            _ => rig.Webhook(provider, rig.CallbackPath(provider), $$"""{"status": "{{word}}"}"""),
        };
        return Assert.Single(Assert.IsType<WebhookReading.Events>(reading).Items);
    }

    private static WebhookReading Signed(ProviderRig rig, string body)
    {
        var timestamp = rig.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed =
        [
            .. Encoding.UTF8.GetBytes(timestamp + "\nhttps://verify.example/webhooks/bird/\n"),
            .. SHA256.HashData(Encoding.UTF8.GetBytes(body)),
        ];
        var signature = Convert.ToBase64String(HMACSHA256.HashData("bird-signing-key"u8, signed));
        return rig.Webhook(
            "bird", "", body, ("messagebird-request-timestamp", timestamp), ("messagebird-signature", signature));
    }
}
