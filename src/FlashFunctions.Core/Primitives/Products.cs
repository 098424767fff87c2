namespace FlashFunctions.Core.Primitives;

/// <summary>The source document's names of what can be asked of us.</summary>
public static class Products
{
    public const string VerifyCall = "verify.call";
    public const string VerifySms = "verify.sms";
    public const string VerifyVoice = "verify.voice";
    public const string FlashCall = "calls.flash";
    public const string PinToSpeech = "calls.p2s";
    public const string TextToSpeech = "calls.t2s";
    public const string Sms = "sms";
    public const string Push = "messaging.push";
    public const string Viber = "messaging.viber";
    public const string Rcs = "messaging.rcs";
    public const string Failover = "messaging.failover";
    public const string Hlr = "insight.hlr";
    public const string FraudCheck = "insight.fraudcheck";

    public static IReadOnlyList<string> All { get; } =
        [VerifyCall, VerifySms, VerifyVoice, FlashCall, PinToSpeech, TextToSpeech, Sms, Push, Viber, Rcs, Failover, Hlr, FraudCheck];
}
