using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Insight;

/// <summary>Answers about numbers, in the source document's words.</summary>
internal static class InsightAnswers
{
    private const string NotMobilePrefix = "NOT_MOBILE_PREFIX";

    public static InsightAnswer Passed { get; } = new("PASSED", MobilePrefix: true);

    /// <summary>Of a test number that plays a blocked one.</summary>
    public static InsightAnswer Fraudulent { get; } = new("FRAUDULENT", MobilePrefix: true);

    public static InsightAnswer Of(HlrReading reading, NumberReading.Valid number) => new(reading.Status, TypeOf(number));

    /// <summary>A test number can be reached.</summary>
    public static InsightAnswer OfTestNumber(NumberReading.Valid number) => new("DELIVERED", TypeOf(number));

    /// <summary>What is known without asking anybody.</summary>
    public static InsightAnswer OfPlan(NumberReading.Valid number) => new("UNKNOWN", TypeOf(number));

    public static InsightAnswer Of(FraudReading reading) => reading.Verdict switch
    {
        FraudVerdict.Passed => new InsightAnswer("PASSED", MobilePrefix: reading.HasMobilePrefix ?? true),
        FraudVerdict.NotMobilePrefix => new InsightAnswer(NotMobilePrefix, MobilePrefix: reading.HasMobilePrefix ?? false),
        FraudVerdict.Suspicious => new InsightAnswer("SUSPICIOUS", MobilePrefix: reading.HasMobilePrefix),
        _ => new InsightAnswer("FRAUDULENT", MobilePrefix: reading.HasMobilePrefix),
    };

    /// <summary>The verdict that the number plan alone allows: a range that is assigned to something else than mobile phones; else null.</summary>
    public static InsightAnswer? FraudOfPlan(NumberReading.Valid number) =>
        number.IsAssigned && !number.Type.MayBeMobile() ? new InsightAnswer(NotMobilePrefix, MobilePrefix: false) : null;

    public static RequestRecord WithNetwork(RequestRecord request, HlrReading reading) => request with
    {
        MccMnc = reading.MccMnc,
        Network = reading.Network,
        Country = reading.Country is { Length: 2 } country ? country.ToUpperInvariant() : request.Country,
    };

    private static string TypeOf(NumberReading.Valid number) => number.Type switch
    {
        var type when type.MayBeMobile() => "mobile",
        NumberType.Fixed => "fixed",
        _ => "other",
    };
}
