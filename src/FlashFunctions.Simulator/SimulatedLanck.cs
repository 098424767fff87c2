using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Simulator;

/// <summary>Lanck: its whole v1 surface.</summary>
internal sealed class SimulatedLanck(SimulatedCalls calls) : SimulatedProvider(SimulatedProviders.Lanck, calls)
{
    private const string Base = "/lanck/v1";
    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string DefaultLanguage = "en";
    private static readonly string[] VerifyMethods = ["sms", "voice", "call"];
    private static readonly string[] CodeLengths = ["4", "5", "6"];
    private static readonly string[] TextLanguages = [DefaultLanguage, "ru"];
    private static readonly string[] CodeLanguages =
        "am ar az bn de en es fa fr he hi hy id it ja ka kk km ky mg mn ms my ne ps pt ru si sn so sv sw ta tg tk uk ur uz vi zh"
            .Split(' ');

    private static readonly string Credentials =
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SimulatorDefaults.LanckId}:{SimulatorDefaults.LanckSecret}"));

    private readonly SimulatedLanckOptions _options = calls.Options.Lanck;
    private readonly BoundedMap<SimulatedLanckRequest> _requests = new(calls.Options.Limits.Calls);
    private readonly Lock _rateLock = new();
    private (long Second, int Requests) _rate;

    public override void Map(IEndpointRouteBuilder routes)
    {
        MapForm(routes, "/verify", Verify);
        MapForm(routes, "/verify/check", Check);
        MapForm(routes, "/requests/{id}", SetGoal);
        MapForm(routes, "/insight/hlr", Hlr);
        MapForm(routes, "/insight/fraudcheck", form => AnswerByOutcome(form, (_, outcome) => FraudVerdict(outcome)));
        MapForm(routes, "/sms", form => Message("sms", SimulatedCallKind.Sms, form, form.Sender(isNumber: false)));
        MapForm(routes, "/messaging/push", form =>
            Message("messaging.push", SimulatedCallKind.Push, form, title: form.Text("title", required: false)));
        MapForm(routes, "/messaging/viber", Viber);
        MapForm(routes, "/messaging/rcs", form => Message("messaging.rcs", SimulatedCallKind.Rcs, form));
        MapForm(routes, "/calls/flash", CallByFlash);
        MapForm(routes, "/calls/p2s", form =>
            Speak("calls.p2s", form, form.Number(), SimulatedNumbers.Spell(form.Code(required: true)), CodeLanguages));
        MapForm(routes, "/calls/t2s", form => Speak("calls.t2s", form, form.Number(), form.Text("text", required: true), TextLanguages));
        routes.MapPost(Base + "/messaging/failover", ServeLimited(Failover));
        routes.MapGet(Base + "/requests/{id}", ServeLimited(request =>
            ForRequest(request.Route("id"), found => SimulatedReply.Json(200, found.Show(withPayload: true)))));
        routes.MapGet(Base + "/insight/hlr", ServeLimited(request => Hlr(SimulatedLanckForm.OfQuery(request, _options))));
        routes.Map("/lanck/{**rest}", ServeLimited(_ => SimulatedErrors.NotFound));
    }

    /// <summary>Sends a message to one of the account's own numbers; false where no address is configured.</summary>
    public bool SendInboundSms(SimulatedInboundSms message)
    {
        if (Calls.Addresses.InboundSms is not { } address)
        {
            return false;
        }

        var id = message.MessageId ?? Guid.CreateVersion7(Calls.Now).ToString();
        var json = Encoding.UTF8.GetString(SimulatedJson.Write(
            new { message.From, message.To, MessageId = id, message.Text, Timestamp = Calls.Now.ToUnixTimeSeconds(), message.Parts }));
        var body = message.TrailingComma ? json[..^1] + ",}" : json;
        Calls.Callbacks.Send(
            new SimulatedMessage(Name, address, Encoding.UTF8.GetBytes(body)) { Retries = SimulatedRetryPlan.InboundSms });
        return true;
    }

    protected override SimulatedReply? Authenticate(HttpRequest request) =>
        request.Headers.Authorization == Credentials ? null : SimulatedErrors.AuthenticationRequired;

    private void MapForm(IEndpointRouteBuilder routes, string path, Func<SimulatedLanckForm, SimulatedReply> handle) => routes.MapPost(
        Base + path,
        ServeLimited(request => SimulatedLanckForm.OfBody(request, _options) is { } form ? handle(form) : SimulatedErrors.InvalidRequest));

    private RequestDelegate ServeLimited(Func<SimulatedHttpRequest, SimulatedReply> handle) =>
        Serve(request => IsWithinRate() ? handle(request) : SimulatedErrors.TooManyRequests);

    private bool IsWithinRate()
    {
        var second = Calls.Now.ToUnixTimeSeconds();
        lock (_rateLock)
        {
            _rate = (second, second == _rate.Second ? _rate.Requests + 1 : 1);
            return _options.RequestsPerSecond <= 0 || _rate.Requests <= _options.RequestsPerSecond;
        }
    }

    /// <summary>An answer that depends on the number's outcome, where nothing is placed.</summary>
    private SimulatedReply AnswerByOutcome(SimulatedLanckForm form, Func<string, SimulatedOutcome, object> show)
    {
        var number = form.Number();
        return form.Refusal ?? Answer(number, () => SimulatedReply.Json(200, show(number, SimulatedBehaviours.Of(number).Outcome)));
    }

    /// <summary>Delegated verification: the provider makes the code, sends it and checks it.</summary>
    private SimulatedReply Verify(SimulatedLanckForm form)
    {
        var number = form.Number();
        var method = form.OneOf("method", required: true, VerifyMethods);
        var sender = form.Sender(isNumber: method is "voice" or "call");
        var language = form.OneOf("language", required: false, CodeLanguages) ?? DefaultLanguage;
        var length = int.Parse(form.OneOf("codeLength", required: false, CodeLengths) ?? "4", CultureInfo.InvariantCulture);
        form.NetworkAddress("ip");
        var code = SimulatedNumbers.RandomDigits(length);
        var (kind, from, text) = method switch
        {
            "sms" => (SimulatedCallKind.Sms, sender ?? "Verify", $"{code} is your verification code"),
            "voice" => (SimulatedCallKind.SpokenCall, sender ?? SimulatedNumbers.AnyCaller(), SimulatedNumbers.Spell(code)),
            _ => (SimulatedCallKind.FlashCall, SimulatedNumbers.CallerEndingIn(code), (string?)null),
        };
        language = text is null ? null : language;
        var call = new SimulatedCall(Name, "verify." + method, kind, number) { From = from, Text = text, Language = language };
        return Place(form, call, code);
    }

    private SimulatedReply Check(SimulatedLanckForm form)
    {
        var (id, code) = (form.Text("requestId", required: true), form.Text("code", required: true));
        return form.Refusal ?? ForRequest(id!, found =>
        {
            if (found.Code is null)
            {
                return SimulatedErrors.NotFound;
            }

            // Assumed: the source document does not show this answer.
            var isRight = code == found.Code;
            return SimulatedReply.Json(200, new { RequestId = id, Status = isRight ? "VERIFIED" : "WRONG_CODE", Verified = isRight });
        });
    }

    private SimulatedReply CallByFlash(SimulatedLanckForm form)
    {
        var number = form.Number();
        var sender = form.Sender(isNumber: true);
        var code = form.Code(required: false);
        if (sender is not null && code is not null)
        {
            form.Refuse(SimulatedErrors.InvalidRequest);
        }

        var caller = sender ?? (code is null ? SimulatedNumbers.AnyCaller() : SimulatedNumbers.CallerEndingIn(code));
        return Place(form, FlashCall(number, caller), showFrom: true);
    }

    private SimulatedReply Speak(
        string product, SimulatedLanckForm form, string number, string? words, IReadOnlyList<string> languages) => Place(
        form,
        new SimulatedCall(Name, product, SimulatedCallKind.SpokenCall, number)
        {
            Text = words,
            Language = form.OneOf("language", required: false, languages) ?? DefaultLanguage,
            From = form.Sender(isNumber: true) ?? SimulatedNumbers.AnyCaller(),
        });

    private SimulatedReply Viber(SimulatedLanckForm form)
    {
        form.Text("buttonCaption", required: false);
        form.Address("buttonActionUrl");
        form.Address("imageUrl");
        return Message("messaging.viber", SimulatedCallKind.Viber, form, form.Sender(isNumber: false));
    }

    private SimulatedReply Message(
        string product, SimulatedCallKind kind, SimulatedLanckForm form, string? sender = null, string? title = null)
    {
        var (number, text) = (form.Number(), form.Text("text", required: true));
        return Place(form, new SimulatedCall(Name, product, kind, number) { From = sender, Text = text, Title = title });
    }

    private SimulatedReply Failover(SimulatedHttpRequest request)
    {
        var (flow, refusal) = SimulatedLanckFlow.Read(request);
        return refusal ?? Answer(flow!.Number, () =>
        {
            var kept = Keep(SimulatedLanckFlow.Product, flow.Number, request.Body);
            return SimulatedReply.Json(200, new { RequestId = kept.Id }) with { Scripts = [flow.Run(kept, Calls)] };
        });
    }

    private SimulatedReply Hlr(SimulatedLanckForm form) => AnswerByOutcome(form, (number, outcome) =>
    {
        var status = outcome switch
        {
            SimulatedOutcome.Unreachable => SimulatedLanckStatuses.Undelivered,
            SimulatedOutcome.Rejected or SimulatedOutcome.Forbidden => SimulatedLanckStatuses.Rejected,
            _ => SimulatedLanckStatuses.Delivered,
        };
        return Keep("insight.hlr", number, form.Request.Body, status: status).Show(withPayload: false);
    });

    private static object FraudVerdict(SimulatedOutcome outcome) => new
    {
        Status = outcome switch
        {
            SimulatedOutcome.Forbidden => "FRAUDULENT",
            SimulatedOutcome.Declined => "FRAUDLENT", // As the document's own example spells it.
            SimulatedOutcome.Rejected => "SUSPICIOUS",
            SimulatedOutcome.Unreachable => "NOT_MOBILE_PREFIX",
            _ => "PASSED",
        },
        MobilePrefix = outcome != SimulatedOutcome.Unreachable,
    };

    private SimulatedReply SetGoal(SimulatedLanckForm form)
    {
        var goal = form.Text("goal", required: true);
        return form.Refusal ?? ForRequest(form.Request.Route("id"), found =>
        {
            Calls.Report(Name, "goal", found.Id, found.Number, goal!, detail: null);
            return SimulatedReply.Json(200, new { RequestId = found.Id });
        });
    }

    private SimulatedReply ForRequest(string id, Func<SimulatedLanckRequest, SimulatedReply> answer) =>
        _requests.TryGet(id, out var found) ? answer(found) : SimulatedErrors.NotFound;

    /// <summary>Places a call or message unless the form or the number's behaviour refuses it.</summary>
    private SimulatedReply Place(SimulatedLanckForm form, SimulatedCall call, string? code = null, bool showFrom = false)
    {
        var callbackUrl = form.Address("callbackUrl");
        return form.Refusal ?? Answer(call.Number, () =>
        {
            var request = Keep(call.Product, call.Number, form.Request.Body, code);
            request.Placed = Calls.Place(call, request.Id);
            return SimulatedReply.Json(200, new { RequestId = request.Id, From = showFrom ? call.From : null }) with
            {
                Scripts = [new SimulatedLanckScript(call, callbackUrl, SimulatedLanckStatuses.Of(call.Kind, call.Outcome))],
            };
        });
    }

    private SimulatedLanckRequest Keep(
        string product, string number, ReadOnlyMemory<byte> payload, string? code = null, string? status = null)
    {
        var id = RandomNumberGenerator.GetString(IdCharacters, length: 32);
        var request = new SimulatedLanckRequest(id, product, number, Calls.Now, payload, code, status);
        _requests.Set(id, request);
        return request;
    }
}

/// <summary>A request that Lanck accepted.</summary>
/// <param name="Payload">The parameters as they came.</param>
/// <param name="Code">The code of a verification.</param>
/// <param name="Status">The status of a request for which nothing is placed.</param>
internal sealed record SimulatedLanckRequest(
    string Id, string Product, string Number, DateTimeOffset CreatedAt, ReadOnlyMemory<byte> Payload, string? Code, string? Status)
{
    /// <summary>The latest call or message that was placed for it.</summary>
    public SimulatedCall? Placed { get; set; }

    /// <summary>What is known about it. The result of an HLR look-up is one without a payload.</summary>
    public object Show(bool withPayload)
    {
        var network = SimulatedNetwork.Of(Number);
        return new
        {
            Id,
            Product,
            Number = "+" + Number,
            Mccmnc = network?.MccMnc,
            Network = network?.Name,
            network?.Country,
            Status = Status ?? Placed?.Status ?? SimulatedLanckStatuses.Sent,
            CreatedAt = CreatedAt.ToUnixTimeMilliseconds(),
            Payload = withPayload ? ShowPayload() : null,
        };
    }

    private Dictionary<string, string> ShowPayload() => Payload.Span.TrimStart((byte)' ') is [(byte)'{', ..]
        ? new(StringComparer.Ordinal) { ["body"] = Encoding.UTF8.GetString(Payload.Span) }
        : SimulatedLanckForm.Parse(Payload).ToDictionary(item => item.Key, item => item.Value.ToString(), StringComparer.Ordinal);
}

/// <summary>A message that is sent to one of the account's own numbers.</summary>
/// <param name="From">The sender, E.164 digits.</param>
/// <param name="To">The account's number, E.164 digits.</param>
/// <param name="Text">The message.</param>
public sealed record SimulatedInboundSms(string From, string To, string Text)
{
    /// <summary>Identifies the message over its repetitions; null makes one.</summary>
    public string? MessageId { get; init; }

    /// <summary>Parts of a long message. Default 1.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>True: with the comma before the closing brace that the source document's example has.</summary>
    public bool TrailingComma { get; init; }
}
