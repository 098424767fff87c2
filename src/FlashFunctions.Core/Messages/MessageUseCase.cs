using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Messages;

/// <summary>
/// What an account sends besides verifications and flash calls: one message, a failover flow, a spoken call. Limits first, then the request
/// is stored, then its job is queued, and only then is it accepted (rule 6).
/// </summary>
public sealed class MessageUseCase(MessageInput messages, FlowInput flows, SpokenCallInput spoken, RequestAcceptor acceptor)
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
        await AcceptAsync(await spoken.ReadCodeAsync(account, fields, cancellationToken), cancellationToken);

    /// <summary>POST /v1/calls/t2s: one call that speaks the account's text.</summary>
    public async Task<Result<RequestRecord>> SpeakTextAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        await AcceptAsync(await spoken.ReadTextAsync(account, fields, cancellationToken), cancellationToken);

    private async Task<Result<RequestRecord>> AcceptAsync(Result<NewRequest> read, CancellationToken cancellationToken) =>
        read.TryGet(out var asked, out var problem)
        && (await acceptor.AcceptAsync(asked, cancellationToken)).TryGet(out var accepted, out problem)
            ? accepted.AsAccepted
            : problem;
}

/// <summary>Reads the parameters of one SMS, push notification, Viber or RCS message.</summary>
public sealed class MessageInput(CallInput call, Routing routing, IOptions<VerificationOptions> options)
{
    /// <summary>The message that is asked for, or the problem that names every field that is wrong.</summary>
    public async Task<Result<NewRequest>> ReadAsync(Account account, Channel channel, Fields fields, CancellationToken cancellationToken)
    {
        var called = await call.NumberAsync(fields, cancellationToken);
        var message = MessageFields.Read(fields, channel);
        if (called.Test is null && !routing.CanCarry(channel, codeLength: 0, country: ""))
        {
            fields.Wrong("number", $"cannot be sent a message by {ApiNames.Of(channel)}: no configured provider does that");
        }

        return call.Finish(account, fields, called, SenderPolicy.Refusal(account, message.From)).TryGet(out var basics, out var problem)
            ? new NewRequest(basics, Product(channel), [message], TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds))
            : problem;
    }

    private static string Product(Channel channel) => channel switch
    {
        Channel.Sms => Products.Sms,
        Channel.Push => Products.Push,
        Channel.Viber => Products.Viber,
        _ => Products.Rcs,
    };
}

/// <summary>Reads the parameters of spoken calls.</summary>
public sealed class SpokenCallInput(CallInput call, Routing routing, IOptions<VerificationOptions> options)
{
    /// <summary>The call that speaks a code, or the problem that names every field that is wrong.</summary>
    public async Task<Result<NewRequest>> ReadCodeAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var code = fields.Code("code", required: true);
        var language = CallInput.Language(fields, SpokenLanguages.OfCodes);
        var step = new WorkflowStep(Channel.Voice);
        return (await ReadAsync(account, fields, Products.PinToSpeech, step, code?.Length ?? 4, cancellationToken))
            .TryGet(out var asked, out var problem)
            ? asked with { GivenCode = code, Language = language }
            : problem;
    }

    /// <summary>The call that speaks a text, or the problem that names every field that is wrong.</summary>
    public async Task<Result<NewRequest>> ReadTextAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var text = fields.Text("text", MessageLimits.Speech, required: true);
        var language = CallInput.Language(fields, SpokenLanguages.OfTexts);
        var step = new WorkflowStep(Channel.Speech, Text: text);
        return (await ReadAsync(account, fields, Products.TextToSpeech, step, codeLength: 0, cancellationToken))
            .TryGet(out var asked, out var problem)
            ? asked with { Language = language }
            : problem;
    }

    private async Task<Result<NewRequest>> ReadAsync(
        Account account, Fields fields, string product, WorkflowStep step, int codeLength, CancellationToken cancellationToken)
    {
        var called = await call.NumberAsync(fields, cancellationToken);
        var from = CallInput.CallerNumber(fields);
        if (called.Test is null && !routing.Able(step.Channel, codeLength, country: "").Any(provider =>
            provider.CapabilityFor(step.Channel, codeLength) is { Source: CodeSource.Ours }))
        {
            fields.Wrong("number", "cannot be spoken to: no configured provider does that");
        }

        return call.Finish(account, fields, called, SenderPolicy.Refusal(account, from)).TryGet(out var basics, out var problem)
            ? new NewRequest(basics, product, [step with { From = from }], TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds))
            : problem;
    }
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

    private static string? Sender(Fields fields) => fields.Text("from", MessageLimits.Sender);

    private static Dictionary<string, string>? Title(Fields fields) => Given(("title", fields.Text("title", MessageLimits.Title)));

    private static Dictionary<string, string>? Button(Fields fields) => Given(
        ("buttonCaption", fields.Text("buttonCaption", MessageLimits.ButtonCaption)),
        ("buttonActionUrl", Address(fields, "buttonActionUrl")),
        ("imageUrl", Address(fields, "imageUrl")));

    private static string? Address(Fields fields, string name)
    {
        var text = fields.Text(name, MessageLimits.Address);
        if (text is not null && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
        {
            fields.Wrong(name, "must be an https or http address");
        }

        return text;
    }

    private static Dictionary<string, string>? Given(params ReadOnlySpan<(string Name, string? Value)> options)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in options)
        {
            if (value is not null)
            {
                given[name] = value;
            }
        }

        return given.Count == 0 ? null : given;
    }
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
