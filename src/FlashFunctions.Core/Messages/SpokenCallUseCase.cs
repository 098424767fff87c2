using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Messages;

/// <summary>POST /v1/calls/p2s and /t2s: one call that speaks the account's code or text.</summary>
public sealed class SpokenCallUseCase(SpokenCallInput input, Outbox outbox)
{
    /// <summary>Speaks a code.</summary>
    public async Task<SendOutcome> SpeakCodeAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        await SendAsync(account, await input.ReadCodeAsync(account, fields, cancellationToken), fields.Key, cancellationToken);

    /// <summary>Speaks a text.</summary>
    public async Task<SendOutcome> SpeakTextAsync(Account account, Fields fields, CancellationToken cancellationToken) =>
        await SendAsync(account, await input.ReadTextAsync(account, fields, cancellationToken), fields.Key, cancellationToken);

    private async Task<SendOutcome> SendAsync(
        Account account, (SendCommand? Command, Problem? Problem) read, IdempotencyKey? key, CancellationToken cancellationToken) =>
        read.Problem is { } problem ? new SendOutcome.Refused(problem) : await outbox.SendAsync(account, read.Command!, key, cancellationToken);
}

/// <summary>Reads the parameters of spoken calls.</summary>
public sealed class SpokenCallInput(NumberInput numbers, CommonInput common, Routing routing, TestNumbers testNumbers)
{
    /// <summary>A call that speaks a code, or the refusal that names every field that is wrong.</summary>
    public async Task<(SendCommand? Command, Problem? Problem)> ReadCodeAsync(
        Account account, Fields fields, CancellationToken cancellationToken)
    {
        var code = fields.Code("code", required: true);
        var language = CommonInput.Language(fields, SpokenLanguages.OfCodes);
        var (command, problem) = await ReadAsync(
            account, fields, Products.PinToSpeech, new WorkflowStep(Channel.Voice), code?.Length ?? 4, cancellationToken);
        return (command is null ? null : command with { Code = code, Language = language }, problem);
    }

    /// <summary>A call that speaks a text, or the refusal that names every field that is wrong.</summary>
    public async Task<(SendCommand? Command, Problem? Problem)> ReadTextAsync(
        Account account, Fields fields, CancellationToken cancellationToken)
    {
        var text = fields.Text("text", MessageLimits.Speech, required: true);
        var language = CommonInput.Language(fields, SpokenLanguages.OfTexts);
        var (command, problem) = await ReadAsync(
            account, fields, Products.TextToSpeech, new WorkflowStep(Channel.Speech, Text: text), codeLength: 0, cancellationToken);
        return (command is null ? null : command with { Language = language }, problem);
    }

    private async Task<(SendCommand? Command, Problem? Problem)> ReadAsync(
        Account account, Fields fields, string product, WorkflowStep step, int codeLength, CancellationToken cancellationToken)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var test = number is null ? null : await testNumbers.FindAsync(number.Number, cancellationToken);
        var from = CommonInput.CallerNumber(fields);
        var reference = CommonInput.Reference(fields);
        var callbackUrl = common.CallbackUrl(fields);
        if (test is null && !routing.Able(step.Channel, codeLength, country: "").Any(provider =>
            provider.CapabilityFor(step.Channel, codeLength) is { Source: CodeSource.Ours }))
        {
            fields.Wrong("number", "cannot be spoken to: no configured provider does that");
        }

        return (fields.Problem ?? badNumber ?? SenderPolicy.Refusal(account, from)) is { } problem
            ? (null, problem)
            : (new SendCommand(product, number!, [step with { From = from }], callbackUrl, fields.Echo) { Reference = reference, Test = test }, null);
    }
}
