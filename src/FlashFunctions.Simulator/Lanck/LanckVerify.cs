using System.Globalization;

namespace FlashFunctions.Simulator;

/// <summary>Delegated verification: the provider makes the code, carries it and checks it.</summary>
internal sealed class LanckVerify(LanckDesk desk)
{
    private static readonly string[] Methods = ["sms", "voice", "call"];
    private static readonly string[] Lengths = ["4", "5", "6"];

    public Outcome Create(LanckForm form, ProviderRequest request)
    {
        var number = form.Number();
        var method = form.OneOf("method", required: true, Methods);
        var from = form.From(isNumber: method is "voice" or "call");
        var language = form.OneOf("language", required: false, LanckLanguages.OfCodes) ?? LanckLanguages.Default;
        var length = int.Parse(form.OneOf("codeLength", required: false, Lengths) ?? "4", CultureInfo.InvariantCulture);
        form.NetworkAddress("ip");
        var callbackUrl = form.Address("callbackUrl");
        if (form.Refusal is { } invalid)
            return invalid;
        return LanckDesk.Unless(number, behaviour =>
        {
            var code = CallerNumbers.Digits(length);
            var order = Carry(new Order(SimulatedProviders.Lanck, "verify." + method, KindOf(method!), number, behaviour), code, from, language);
            return desk.Accept(order, request.Body, callbackUrl, code);
        });
    }

    public Outcome Check(LanckForm form, ProviderRequest request)
    {
        var id = form.Text("requestId", required: true);
        var code = form.Text("code", required: true);
        if (form.Refusal is { } invalid)
            return invalid;
        if (desk.Find(id!) is not { Code: { } expected } found)
            return ErrorTable.NotFound;
        var isRight = string.Equals(code, expected, StringComparison.Ordinal);
        return Reply.Json(200, new LanckChecked(found.Id, isRight ? "VERIFIED" : "WRONG_CODE", isRight), LanckJson.Default.LanckChecked);
    }

    private static SimulatedCallKind KindOf(string method) => method switch
    {
        "sms" => SimulatedCallKind.Sms,
        "voice" => SimulatedCallKind.SpokenCall,
        _ => SimulatedCallKind.FlashCall,
    };

    private static Order Carry(Order order, string code, string? from, string language) => order.Kind switch
    {
        SimulatedCallKind.Sms => order with { From = from ?? "Verify", Text = $"{code} is your verification code", Language = language },
        SimulatedCallKind.SpokenCall => order with { From = from ?? CallerNumbers.Any(), Text = LanckCalls.Spell(code), Language = language },
        _ => order with { From = CallerNumbers.EndingIn(code) },
    };
}
