namespace FlashFunctions.Simulator;

/// <summary>SMS, push, Viber and RCS, one message each.</summary>
internal sealed class LanckMessages(LanckDesk desk)
{
    public Outcome Sms(LanckForm form, ProviderRequest request) =>
        Send("sms", SimulatedCallKind.Sms, form, request, form.From(isNumber: false), title: null);

    public Outcome Push(LanckForm form, ProviderRequest request) =>
        Send("messaging.push", SimulatedCallKind.Push, form, request, from: null, form.Text("title", required: false));

    public Outcome Viber(LanckForm form, ProviderRequest request)
    {
        form.Text("buttonCaption", required: false);
        form.Address("buttonActionUrl");
        form.Address("imageUrl");
        return Send("messaging.viber", SimulatedCallKind.Viber, form, request, form.From(isNumber: false), title: null);
    }

    public Outcome Rcs(LanckForm form, ProviderRequest request) =>
        Send("messaging.rcs", SimulatedCallKind.Rcs, form, request, from: null, title: null);

    private Outcome Send(string product, SimulatedCallKind kind, LanckForm form, ProviderRequest request, string? from, string? title)
    {
        var number = form.Number();
        var text = form.Text("text", required: true);
        var callbackUrl = form.Address("callbackUrl");
        if (form.Refusal is { } invalid)
            return invalid;
        return LanckDesk.Unless(number, behaviour => desk.Accept(
            new Order(SimulatedProviders.Lanck, product, kind, number, behaviour) { From = from, Text = text, Title = title }, request.Body, callbackUrl));
    }
}
