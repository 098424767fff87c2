using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckInsightTests
{
    private static readonly PhoneNumber Number = PhoneNumber.Parse("+47463562200", null);

    [Fact]
    public async Task A_number_is_looked_up()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, Contract.Read("Lanck", nameof(A_number_is_looked_up), "response"));

        var insight = await Insight(rig).LookUpAsync(Number, CancellationToken.None);

        Assert.Equal(
            new HlrReading("DELIVERED", "242005", "Mobile Norway", "NO"),
            Assert.IsType<Insight<HlrReading>.Known>(insight).Reading);
        Assert.Equal(("POST", "https://lanck.example/v1/insight/hlr"), (rig.Upstream.Only.Method, rig.Upstream.Only.Address));
        Assert.Equal("number=%2B47463562200", System.Text.Encoding.ASCII.GetString(rig.Upstream.Only.Body));
    }

    [Fact]
    public async Task A_fraudulent_number_is_known_by_either_spelling()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, Contract.Read("Lanck", nameof(A_fraudulent_number_is_known_by_either_spelling), "response"));
        rig.Upstream.Answer(200, """{"status": "FRAUDULENT", "mobilePrefix": "true"}""");

        Assert.Equal(new FraudReading(FraudVerdict.Fraudulent, HasMobilePrefix: false), await KnownAsync(rig));
        Assert.Equal("https://lanck.example/v1/insight/fraudcheck", rig.Upstream.Only.Address);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new FraudReading(FraudVerdict.Fraudulent, HasMobilePrefix: true), await KnownAsync(rig));
    }

    [Theory]
    [InlineData("PASSED", "Passed")]
    [InlineData("NOT_MOBILE_PREFIX", "NotMobilePrefix")]
    [InlineData("suspicious", "Suspicious")]
    public async Task The_other_verdicts_are_known(string status, string verdict)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, $$"""{"status": "{{status}}"}""");

        var reading = await KnownAsync(rig);

        Assert.Equal(verdict, reading.Verdict.ToString());
        Assert.Null(reading.HasMobilePrefix);
    }

    [Theory]
    [InlineData(200, """{"status": "CONFUSED"}""", typeof(Insight<FraudReading>.Unavailable))]
    [InlineData(200, "", typeof(Insight<FraudReading>.Unavailable))]
    [InlineData(400, """{"errorCode": 11}""", typeof(Insight<FraudReading>.InvalidNumber))]
    [InlineData(400, """{"errorCode": 10}""", typeof(Insight<FraudReading>.Unavailable))]
    [InlineData(401, """{"errorCode": 1}""", typeof(Insight<FraudReading>.Unavailable))]
    [InlineData(429, """{"errorCode": 4}""", typeof(Insight<FraudReading>.Unavailable))]
    [InlineData(500, "", typeof(Insight<FraudReading>.Unavailable))]
    [InlineData(503, "", typeof(Insight<FraudReading>.Unavailable))]
    public async Task Without_a_verdict_it_says_why_and_asks_once(int status, string body, Type expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(status, body);

        Assert.IsType(expected, await Insight(rig).FraudCheckAsync(Number, CancellationToken.None));
        Assert.Single(rig.Upstream.Requests);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_is_unavailable()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.AlwaysThrow(new HttpRequestException(HttpRequestError.ConnectionError));

        Assert.IsType<Insight<HlrReading>.Unavailable>(await Insight(rig).LookUpAsync(Number, CancellationToken.None));
    }

    private static ILookUpNumbers Insight(ProviderRig rig) => Assert.IsAssignableFrom<ILookUpNumbers>(rig.Provider("lanck"));

    private static async Task<FraudReading> KnownAsync(ProviderRig rig) =>
        Assert.IsType<Insight<FraudReading>.Known>(await Insight(rig).FraudCheckAsync(Number, CancellationToken.None)).Reading;
}
