using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Messages;

/// <summary>
/// What an account sends besides verifications and flash calls: one message, a failover flow, a spoken call. Limits first, then the request
/// is stored, then its job is queued, and only then is it accepted (rule 6).
/// </summary>
public sealed class MessageUseCase(MessageInput messages, FlowInput flows, RequestAcceptor acceptor)
{
    /// <summary>POST /v1/sms, /v1/messaging/push, /viber and /rcs: sends one message.</summary>
    public async Task<Result<RequestRecord>> SendAsync(
        Account account, Channel channel, Fields fields, CancellationToken cancellationToken) =>
        await AcceptAsync(await messages.ReadAsync(account, channel, fields, cancellationToken), cancellationToken);

    /// <summary>POST /v1/messaging/failover: sends messages one after the other, until one meets its condition.</summary>
    public async Task<Result<RequestRecord>> SendFlowAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        await AcceptAsync(await flows.ReadAsync(account, fields, cancellationToken), cancellationToken);

    /// <summary>POST /v1/calls/p2s: one call that speaks the account's code.</summary>
    public async Task<Result<RequestRecord>> SpeakCodeAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        await AcceptAsync(await messages.ReadSpokenCodeAsync(account, fields, cancellationToken), cancellationToken);

    /// <summary>POST /v1/calls/t2s: one call that speaks the account's text.</summary>
    public async Task<Result<RequestRecord>> SpeakTextAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        await AcceptAsync(await messages.ReadSpokenTextAsync(account, fields, cancellationToken), cancellationToken);

    private async Task<Result<RequestRecord>> AcceptAsync(Result<NewRequest> read, CancellationToken cancellationToken) =>
        read.TryGet(out var asked, out var problem)
            ? (await acceptor.AcceptAsync(asked, cancellationToken)).Then(accepted => accepted.AsAccepted)
            : problem;
}

/// <summary>
/// Reads the parameters of one SMS, push notification, Viber or RCS message, or spoken call: each gives what is asked for, or the problem
/// that names every field that is wrong.
/// </summary>
public sealed class MessageInput(CallInput call, Routing routing, IOptions<VerificationOptions> options)
{
    public async Task<Result<NewRequest>> ReadAsync(Account account, Channel channel, Fields fields, CancellationToken cancellationToken)
    {
        var called = await call.NumberAsync(fields, cancellationToken);
        var message = MessageFields.Read(fields, channel);
        if (called.Test is null && !routing.CanCarry(channel, codeLength: 0, country: ""))
        {
            fields.Wrong("number", $"cannot be sent a message by {ApiNames.Of(channel)}: no configured provider does that");
        }

        var product = channel switch
        {
            Channel.Sms => Products.Sms,
            Channel.Push => Products.Push,
            Channel.Viber => Products.Viber,
            _ => Products.Rcs,
        };
        return Finish(account, fields, called, product, message);
    }

    public async Task<Result<NewRequest>> ReadSpokenCodeAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var code = fields.Code("code", required: true);
        var language = CallInput.Language(fields);
        var step = new WorkflowStep(Channel.Voice);
        return (await ReadSpokenAsync(account, fields, Products.PinToSpeech, step, code?.Length ?? 4, cancellationToken))
            .Then(asked => asked with { GivenCode = code, Content = new MessageContent { Language = language } });
    }

    public async Task<Result<NewRequest>> ReadSpokenTextAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var text = fields.Text("text", MessageLimits.Speech, required: true);
        var language = CallInput.Language(fields, SpokenLanguages.OfTexts);
        var step = new WorkflowStep(Channel.Speech, Text: text);
        return (await ReadSpokenAsync(account, fields, Products.TextToSpeech, step, codeLength: 0, cancellationToken))
            .Then(asked => asked with { Content = new MessageContent { Language = language } });
    }

    private async Task<Result<NewRequest>> ReadSpokenAsync(
        Account account, Fields fields, string product, WorkflowStep step, int codeLength, CancellationToken cancellationToken)
    {
        var called = await call.NumberAsync(fields, cancellationToken);
        var from = fields.CallerDigits("from");
        if (called.Test is null && !routing.Able(step.Channel, codeLength, country: "").Any(provider =>
            provider.CapabilityFor(step.Channel, codeLength) is { Source: CodeSource.Ours }))
        {
            fields.Wrong("number", "cannot be spoken to: no configured provider does that");
        }

        return Finish(account, fields, called, product, step with { From = from });
    }

    private Result<NewRequest> Finish(Account account, Fields fields, CalledNumber called, string product, WorkflowStep step) =>
        call.Finish(account, fields, called, SenderPolicy.Refusal(account, step.From)).Then(
            basics => new NewRequest(basics, product, [step], TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds)));
}

/// <summary>Reads the parameters of one message, which a single message and a flow's step share.</summary>
internal static class MessageFields
{
    /// <summary>The message as a step; the fields remember what is wrong.</summary>
    public static WorkflowStep Read(Fields fields, Channel channel) => channel switch
    {
        Channel.Sms => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Sms), From: Sender(fields)),
        Channel.Push => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Push), Options: Title(fields)),
        Channel.Viber => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Viber), From: Sender(fields), Options: Button(fields)),
        _ => new WorkflowStep(channel, Text: Text(fields, MessageLimits.Rcs)),
    };

    private static string? Text(Fields fields, int longest) => fields.Text("text", longest, required: true);

    private static string? Sender(Fields fields) => fields.Sender(MessageLimits.Sender);

    private static IReadOnlyDictionary<string, string>? Title(Fields fields) =>
        CallInput.Given(("title", fields.Text("title", MessageLimits.Title)));

    private static IReadOnlyDictionary<string, string>? Button(Fields fields) => CallInput.Given(
        ("buttonCaption", fields.Text("buttonCaption", MessageLimits.ButtonCaption)),
        ("buttonActionUrl", Address(fields, "buttonActionUrl")), ("imageUrl", Address(fields, "imageUrl")));

    private static string? Address(Fields fields, string name) => fields.Text(
        name, MessageLimits.Address, text => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http",
        "must be an https or http address");
}

/// <summary>The longest texts, in UTF-16 units: what the channels carry, and no more than anybody means to pay for.</summary>
internal static class MessageLimits
{
    /// <summary>About ten SMS parts in GSM-7.</summary>
    public const int Sms = 1_600;

    public const int Push = 1_000;
    public const int Viber = 1_000;
    public const int Rcs = 2_500;

    /// <summary>A minute and a half of speech.</summary>
    public const int Speech = 1_000;

    public const int Title = 100;
    public const int ButtonCaption = 30;
    public const int Address = 2_000;
    public const int Sender = 32;
}
