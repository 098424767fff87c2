using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Texts;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Verifications;

/// <summary>The answer of verify and next.</summary>
/// <param name="Next">What comes after the step that starts; null where that is the last one.</param>
/// <param name="NextAllowedAt">When verify or next may be called again for the number.</param>
/// <param name="Hinted">How the code will come: by the first step that the fraud guard lets through.</param>
public sealed record VerifyAnswer(RequestRecord Request, NextStep? Next, DateTimeOffset NextAllowedAt, Channel Hinted);

/// <summary>
/// POST /v1/verify: limits first, then the request is stored, then its job is queued, and only then is it accepted (rule 6).
/// </summary>
public sealed class VerifyUseCase(VerifyInput input, RequestAcceptor acceptor)
{
    public async Task<Result<VerifyAnswer>> RunAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        if (!(await input.ReadAsync(account, fields, cancellationToken)).TryGet(out var asked, out var problem)
            || !(await acceptor.AcceptAsync(asked, cancellationToken)).TryGet(out var accepted, out problem))
        {
            return problem;
        }

        var request = accepted.AsAccepted;
        var next = request.Steps.Count > 1 ? new NextStep(request.Steps[1].Channel, request.NextStartsAt) : null;
        var found = new FraudJudgement([.. (request.Fraud ?? []).Where(finding => finding.At is null)]);
        return new VerifyAnswer(request, next, request.NextAllowedAt!.Value, found.FirstAllowed(request, 0).Channel);
    }
}

public sealed class VerifyInput(CallInput call, WorkflowInput workflows, Routing routing, ServiceKey key)
{
    private const int LongestDeviceId = 128;
    private const int LongestOption = 255;

    /// <summary>The verification that is asked for, or the problem that names every field that is wrong.</summary>
    public async Task<Result<NewRequest>> ReadAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var called = await call.NumberAsync(fields, cancellationToken);
        var codeLength = fields.Integer("codeLength", 4, 6) ?? 4;
        if (called.Test?.Code.Length < codeLength)
        {
            fields.Wrong("codeLength", $"is more than the {called.Test.Code.Length} digits of the test number's code");
        }

        var steps = workflows.Read(fields, codeLength, account.Workflow, called.Number?.Country, isTest: called.Test is not null);
        var life = fields.Integer("expiresIn", 60, 600) ?? 300;
        var from = fields.Sender(32);
        var language = CallInput.Language(fields);
        var platform = fields.OneOf("platform", ApiNames.Platforms);
        var device = fields.HiddenText("deviceId", LongestDeviceId);
        var isTrusted = IsTrusted(account, fields);
        var maxPrice = fields.Decimal("maxPrice", Money.IsCap, "must be a decimal number of at least 0 with at most 6 decimals");
        var options = CallInput.Given(
            ("ip", fields.Text("ip", 64, FraudSubject.IsAddress, "must be an IP address")),
            (StepTexts.AppHash, fields.Text(
                StepTexts.AppHash, LongestOption, MessageLines.IsAppHash, "must be the 11 characters of an Android app's hash")),
            (StepTexts.WebOtpDomain, fields.Text(
                StepTexts.WebOtpDomain, LongestOption, MessageLines.IsDomain, "must be a domain in lower case, without port")));
        if (!call.Finish(account, fields, called, SenderPolicy.Refusal(account, from)).TryGet(out var basics, out var problem))
        {
            return problem;
        }

        return new NewRequest(basics, $"verify.{ApiNames.Of(steps![0].Channel)}", steps, TimeSpan.FromSeconds(life))
        {
            IsVerification = true,
            CodeLength = codeLength,
            NoLeadingZero = steps.Any(step => MayNotBeginWithZero(step, codeLength, basics.Number.Country)),
            Content = new MessageContent
            {
                From = from,
                Language = language,
                Options = options,
                Platform = platform,
                Device = device is null ? null : key.Hash("device", account.Id, device),
            },
            MaxPrice = maxPrice is { } most ? Money.ToUnits(most) : null,
            IsTrusted = isTrusted,
        };
    }

    /// <summary>Whether a provider that the step may come to cannot carry a leading zero.</summary>
    private bool MayNotBeginWithZero(WorkflowStep step, int codeLength, string country) =>
        (step.Provider is { } name && routing.Find(name) is { } named ? [named] : routing.Able(step.Channel, codeLength, country))
        .Any(provider => provider.CapabilityFor(step.Channel, codeLength)?.NoLeadingZero == true);

    private static bool IsTrusted(Account account, Fields fields)
    {
        var isTrusted = fields.Flag("trusted") == true;
        if (isTrusted && !account.CallMayBeTrusted)
        {
            fields.Wrong("trusted", "needs a token that may say so");
        }

        return isTrusted;
    }
}
