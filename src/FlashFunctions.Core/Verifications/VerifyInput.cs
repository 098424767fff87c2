using System.Net;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Texts;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Verifications;

/// <summary>What POST /v1/verify asks for, once it makes sense.</summary>
public sealed record VerifyCommand(
    NumberReading.Valid Number,
    IReadOnlyList<WorkflowStep> Steps,
    int CodeLength,
    TimeSpan Life,
    string? From,
    string? Language,
    IReadOnlyDictionary<string, string> Options,
    string? CallbackUrl,
    IReadOnlyDictionary<string, string> Payload)
{
    /// <summary>The account's own id of it.</summary>
    public string? Reference { get; init; }

    /// <summary>The test number that it is sent to, if it is one.</summary>
    public TestNumber? Test { get; init; }
}

/// <summary>Reads the parameters of POST /v1/verify.</summary>
public sealed class VerifyInput(NumberInput numbers, WorkflowInput workflows, CommonInput common, TestNumbers testNumbers)
{
    /// <summary>The command, or the refusal that names every field that is wrong.</summary>
    public async Task<(VerifyCommand? Command, Problem? Problem)> ReadAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var (number, badNumber) = numbers.Read(fields, "number");
        var test = number is null ? null : await testNumbers.FindAsync(number.Number, cancellationToken);
        var codeLength = fields.Integer("codeLength", 4, 6) ?? 4;
        if (test?.Code.Length < codeLength)
        {
            fields.Wrong("codeLength", $"is more than the {test.Code.Length} digits of the test number's code");
        }

        var steps = workflows.Read(fields, codeLength, account.Workflow, number?.Country, isTest: test is not null);
        var life = fields.Integer("expiresIn", 60, 600) ?? 300;
        var from = fields.Text("from", 32);
        var language = CommonInput.Language(fields);
        var options = Options(fields);
        var reference = CommonInput.Reference(fields);
        var callbackUrl = common.CallbackUrl(fields);
        if (fields.Problem is { } problem)
        {
            return (null, problem);
        }

        return (badNumber ?? SenderPolicy.Refusal(account, from)) is { } refusal
            ? (null, refusal)
            : (new VerifyCommand(number!, steps!, codeLength, TimeSpan.FromSeconds(life), from, language, options, callbackUrl, fields.Echo)
            {
                Reference = reference,
                Test = test,
            }, null);
    }

    private static Dictionary<string, string> Options(Fields fields)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        (string Name, string? Value)[] given =
        [
            ("ip", Ip(fields)),
            (StepTexts.AppHash, Checked(fields, StepTexts.AppHash, MessageLines.IsAppHash, "must be the 11 characters of an Android app's hash")),
            (StepTexts.WebOtpDomain, Checked(fields, StepTexts.WebOtpDomain, MessageLines.IsDomain, "must be a domain in lower case, without port")),
        ];
        foreach (var (name, value) in given)
        {
            if (value is not null)
            {
                options[name] = value;
            }
        }

        return options;
    }

    private static string? Checked(Fields fields, string name, Func<string?, bool> isRight, string why)
    {
        var text = fields.Text(name, 255);
        if (text is not null && !isRight(text))
        {
            fields.Wrong(name, why);
        }

        return text;
    }

    private static string? Ip(Fields fields)
    {
        var text = fields.Text("ip", 64);
        if (text is not null && !(IPAddress.TryParse(text, out _) && (text.Contains('.') || text.Contains(':'))))
        {
            fields.Wrong("ip", "must be an IP address");
        }

        return text;
    }
}
