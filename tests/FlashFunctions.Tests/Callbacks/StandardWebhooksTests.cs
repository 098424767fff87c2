using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Tests.Callbacks;

public sealed class StandardWebhooksTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1614265330);
    private static readonly byte[] Body = "{\"test\": 2432232314}"u8.ToArray();

    [Fact]
    public void The_specifications_example_gets_its_signature()
    {
        var headers = StandardWebhooks.Sign(Id, Time, Body, [WebhookSecret.Parse(Secret, null)]);

        Assert.Equal(
            [
                new("webhook-id", Id),
                new("webhook-timestamp", "1614265330"),
                new("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ],
            headers);
    }

    [Fact]
    public void Every_live_secret_signs()
    {
        WebhookSecret[] secrets = [WebhookSecret.Parse(Secret, null), WebhookSecret.Generate()];

        var each = secrets.Select(secret => StandardWebhooks.Sign(Id, Time, Body, [secret])[2].Value);

        Assert.Equal(string.Join(' ', each), StandardWebhooks.Sign(Id, Time, Body, secrets)[2].Value);
    }

    [Fact]
    public void A_signature_covers_id_time_and_body()
    {
        var secret = WebhookSecret.Generate();
        var key = Convert.FromBase64String(secret.Reveal()["whsec_".Length..]);
        var expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("a-1.1614265331.тело"));

        Assert.Equal(
            $"v1,{Convert.ToBase64String(expected)}",
            StandardWebhooks.Sign("a-1", Time.AddMilliseconds(1999), Encoding.UTF8.GetBytes("тело"), [secret])[2].Value);
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a\r\nx: y")]
    [InlineData("é")]
    public void An_id_that_would_blur_what_is_signed_is_refused(string id) => Assert.StartsWith(
        "An id is made of letters, digits, _ and -.",
        Assert.Throws<ArgumentException>(() => StandardWebhooks.Sign(id, Time, Body, [WebhookSecret.Generate()])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_empty_id_is_refused() =>
        Assert.ThrowsAny<ArgumentException>(() => StandardWebhooks.Sign("", Time, Body, [WebhookSecret.Generate()]));

    [Fact]
    public void Nothing_is_sent_unsigned() => Assert.StartsWith(
        "A callback is never sent unsigned.",
        Assert.Throws<ArgumentException>(() => StandardWebhooks.Sign(Id, Time, Body, [])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_generated_secret_is_new_reads_back_and_prints_itself_masked()
    {
        var secret = WebhookSecret.Generate();

        Assert.Equal(secret.Reveal(), WebhookSecret.Parse(secret.Reveal(), null).Reveal());
        Assert.Equal(32, Convert.FromBase64String(secret.Reveal()["whsec_".Length..]).Length);
        Assert.False(string.Equals(secret.Reveal(), WebhookSecret.Generate().Reveal(), StringComparison.Ordinal));
        Assert.Equal("whsec_****", $"{secret}");
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(23, false)]
    [InlineData(65, false)]
    [InlineData(0, false)]
    public void A_secret_has_24_to_64_bytes(int bytes, bool valid) =>
        Assert.Equal(valid, WebhookSecret.TryParse($"whsec_{Convert.ToBase64String(new byte[bytes])}", null, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjU PD8ILPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")]
    public void Anything_else_is_no_secret(string? text)
    {
        Assert.False(WebhookSecret.TryParse(text, null, out var secret));
        Assert.Null(secret);
        if (text is not null)
        {
            // The message does not repeat what might have been a secret.
            Assert.Equal(
                "A webhook secret is whsec_ and the base64 of 24 to 64 bytes.",
                Assert.Throws<FormatException>(() => WebhookSecret.Parse(text, null)).Message);
        }
    }
}
