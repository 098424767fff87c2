namespace FlashFunctions.Simulator;

/// <summary>Flash calls, spoken codes and spoken texts.</summary>
internal sealed class LanckCalls(LanckDesk desk)
{
    public Outcome Flash(LanckForm form, ProviderRequest request)
    {
        var number = form.Number();
        var from = form.From(isNumber: true);
        var code = form.Code(required: false);
        var callbackUrl = form.Address("callbackUrl");
        if (from is not null && code is not null)
            form.Refuse(ErrorTable.InvalidRequest);
        if (form.Refusal is { } invalid)
            return invalid;
        return LanckDesk.Unless(number, behaviour =>
        {
            var caller = from ?? (code is null ? CallerNumbers.Any() : CallerNumbers.EndingIn(code));
            var order = new Order(SimulatedProviders.Lanck, "calls.flash", SimulatedCallKind.FlashCall, number, behaviour) { From = caller };
            return desk.Accept(order, request.Body, callbackUrl, showFrom: true);
        });
    }

    public Outcome PinToSpeech(LanckForm form, ProviderRequest request)
    {
        var number = form.Number();
        var code = form.Code(required: true);
        var language = form.OneOf("language", required: false, LanckLanguages.OfCodes);
        return Speak("calls.p2s", form, request, number, Spell(code), language);
    }

    public Outcome TextToSpeech(LanckForm form, ProviderRequest request)
    {
        var number = form.Number();
        var text = form.Text("text", required: true);
        var language = form.OneOf("language", required: false, LanckLanguages.OfSpeech);
        return Speak("calls.t2s", form, request, number, text, language);
    }

    /// <summary>A code as it is spoken: digit by digit.</summary>
    public static string Spell(string? code) => string.Join(' ', (code ?? "").AsEnumerable());

    private Outcome Speak(string product, LanckForm form, ProviderRequest request, string number, string? words, string? language)
    {
        var from = form.From(isNumber: true);
        var callbackUrl = form.Address("callbackUrl");
        if (form.Refusal is { } invalid)
            return invalid;
        return LanckDesk.Unless(number, behaviour => desk.Accept(
            new Order(SimulatedProviders.Lanck, product, SimulatedCallKind.SpokenCall, number, behaviour)
            {
                From = from ?? CallerNumbers.Any(),
                Text = words,
                Language = language ?? LanckLanguages.Default,
            },
            request.Body,
            callbackUrl));
    }
}
