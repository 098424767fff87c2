using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Idempotency;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Calls;

/// <summary>POST /v1/calls/p2s and /t2s: one call that speaks the account's code or text.</summary>
public sealed class SpokenCallUseCase(SpokenCallInput input, Outbox outbox)
{
    /// <summary>Speaks a code.</summary>
    public Task<SendOutcome> SpeakCodeAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        SendAsync(account, input.ReadCode(account, fields), fields.Key, cancellationToken);

    /// <summary>Speaks a text.</summary>
    public Task<SendOutcome> SpeakTextAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        SendAsync(account, input.ReadText(account, fields), fields.Key, cancellationToken);

    private async Task<SendOutcome> SendAsync(
        Account account, (SendCommand? Command, Problem? Problem) read, IdempotencyKey? key, CancellationToken cancellationToken) =>
        read.Problem is { } problem ? new SendOutcome.Refused(problem) : await outbox.SendAsync(account, read.Command!, key, cancellationToken);
}

/// <summary>Reads the parameters of spoken calls.</summary>
public sealed class SpokenCallInput(NumberInput numbers, CommonInput common, Routing routing)
{
    /// <summary>A call that speaks a code, or the refusal that names every field that is wrong.</summary>
    public (SendCommand? Command, Problem? Problem) ReadCode(Account account, Fields fields)
    {
        var code = fields.Code("code", required: true);
        var language = CommonInput.Language(fields, SpokenLanguages.OfCodes);
        var (command, problem) = Read(account, fields, Products.PinToSpeech, new WorkflowStep(Channel.Voice), code?.Length ?? 4);
        return (command is null ? null : command with { Code = code, Language = language }, problem);
    }

    /// <summary>A call that speaks a text, or the refusal that names every field that is wrong.</summary>
    public (SendCommand? Command, Problem? Problem) ReadText(Account account, Fields fields)
    {
        var text = fields.Text("text", MessageLimits.Speech, required: true);
        var language = CommonInput.Language(fields, SpokenLanguages.OfTexts);
        var (command, problem) = Read(account, fields, Products.TextToSpeech, new WorkflowStep(Channel.Speech, Text: text), codeLength: 0);
        return (command is null ? null : command with { Language = language }, problem);
    }

    private (SendCommand? Command, Problem? Problem) Read(Account account, Fields fields, string product, WorkflowStep step, int codeLength)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var from = CommonInput.CallerNumber(fields);
        var reference = CommonInput.Reference(fields);
        var callbackUrl = common.CallbackUrl(fields);
        if (!routing.Able(step.Channel, codeLength, country: "").Any(provider =>
            provider.CarriageOf(step.Channel, codeLength) is { Source: CodeSource.Ours }))
        {
            fields.Wrong("number", "cannot be spoken to: no configured provider does that");
        }

        return (fields.Problem ?? badNumber ?? SenderPolicy.Refusal(account, from)) is { } problem
            ? (null, problem)
            : (new SendCommand(product, number!, [step with { From = from }], callbackUrl, fields.Echo) { Reference = reference }, null);
    }
}
