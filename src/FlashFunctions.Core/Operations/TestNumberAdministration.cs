using System.Collections.Frozen;
using System.Diagnostics;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Operations;

/// <summary>A test number as operators see it.</summary>
/// <param name="Test">The number.</param>
/// <param name="IsConfigured">Whether it comes from the settings, and so cannot be deleted here.</param>
public sealed record ListedTestNumber(TestNumber Test, bool IsConfigured);

/// <summary>A page of test numbers in the order of their digits, and where the next page begins; null on the last one.</summary>
public sealed record TestNumberPage(IReadOnlyList<ListedTestNumber> Numbers, string? Next);

/// <summary>A test number that was added, or replaced what it was.</summary>
public sealed record PutTestNumber(TestNumber Test, bool IsNew);

/// <summary>GET and POST /manage/test-numbers, DELETE …/{number}: numbers with a fixed code and outcome, which call no provider.</summary>
public sealed class TestNumberAdministration(TestNumbers numbers, NumberPlan plan)
{
    /// <summary>How late a late one is where nobody says it, in seconds.</summary>
    public const int UsualDelay = 10;

    private const int MostPerPage = 1_000;
    private const int DefaultPage = 100;
    private const string Number = "number";
    private const string Delay = "delay";
    private const int LongestNumber = 15;

    private static readonly FrozenDictionary<string, TestOutcome> Outcomes =
        Enum.GetValues<TestOutcome>().ToFrozenDictionary(FraudFinding.NameOf, outcome => outcome, StringComparer.Ordinal);

    private static readonly HashSet<string> Known = new([Number, "code", "outcome", Delay], StringComparer.Ordinal);

    /// <summary>A page of them.</summary>
    public async Task<Result<TestNumberPage>> ListAsync(Fields fields, CancellationToken cancellationToken)
    {
        var limit = fields.Integer("limit", 1, MostPerPage) ?? DefaultPage;
        var after = fields.Text("after", LongestNumber);
        if (after is not null && !after.All(char.IsAsciiDigit))
        {
            fields.Wrong("after", "is not the beginning of a page");
        }

        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var added = await numbers.ListAsync(cancellationToken);
        var page = added.Values.Select(test => new ListedTestNumber(test, IsConfigured: false))
            .Concat(
                numbers.Configured
                    .Where(pair => !added.ContainsKey(pair.Key))
                    .Select(pair => new ListedTestNumber(pair.Value, IsConfigured: true)))
            .OrderBy(listed => listed.Test.Number, StringComparer.Ordinal)
            .SkipWhile(listed => after is not null && string.CompareOrdinal(listed.Test.Number[1..], after) <= 0)
            .Take(limit + 1).ToArray();
        return page.Length > limit ? new TestNumberPage(page[..limit], page[limit - 1].Test.Number[1..]) : new TestNumberPage(page, null);
    }

    /// <summary>Adds one, or replaces what it was.</summary>
    public async Task<Result<PutTestNumber>> PutAsync(Fields fields, CancellationToken cancellationToken)
    {
        var number = ReadNumber(fields);
        var code = fields.Code("code", required: true);
        var outcome = fields.OneOf("outcome", Outcomes) ?? TestOutcome.Verified;
        var isLate = outcome == TestOutcome.Late;
        var delay = fields.Integer(Delay, isLate ? 1 : 0, TestNumberOptionsCheck.LongestDelay) ?? (isLate ? UsualDelay : 0);
        fields.RefuseOthers(Known);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var added = await numbers.ListAsync(cancellationToken);
        if (added.Count >= TestNumbers.Most && !added.ContainsKey(number!))
        {
            return Problem.Invalid(Number, $"is one more than the {TestNumbers.Most} that there may be: delete one first");
        }

        var test = new TestNumber { Number = number!, Code = code!, Outcome = outcome, Delay = delay };
        return new PutTestNumber(test, await numbers.PutAsync(test, cancellationToken));
    }

    /// <summary>Deletes one; null, or the problem. What is live keeps the code and the outcome that it was accepted with.</summary>
    public async Task<Problem?> DeleteAsync(string number, CancellationToken cancellationToken)
    {
        var text = number.Trim().TrimStart('+');
        if (plan.Read($"+{text}", requireAssignedRange: false) is not NumberReading.Valid { Number: var named })
        {
            return Problem.TestNumberNotFound;
        }

        if (await numbers.DeleteAsync(named, cancellationToken))
        {
            return null;
        }

        return numbers.Configured.ContainsKey(named.E164)
            ? Problem.Invalid(Number, "is in the settings (TestNumbers), and is deleted there")
            : Problem.TestNumberNotFound;
    }

    /// <summary>The number in the form in which calls name it; null where it is missing or wrong, which the fields say.</summary>
    private string? ReadNumber(Fields fields)
    {
        if (fields.Number(Number) is not { } text)
        {
            return null;
        }

        switch (plan.Read(text, requireAssignedRange: false))
        {
            case NumberReading.Valid valid:
                return valid.Number.E164;
            case NumberReading.Invalid invalid:
                fields.Wrong(Number, invalid.Reason);
                return null;
            default:
                throw new UnreachableException();
        }
    }
}
