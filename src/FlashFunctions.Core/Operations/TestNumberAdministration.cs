using System.Collections.Frozen;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Operations;

/// <summary>A test number as operators see it.</summary>
/// <param name="IsConfigured">Whether it comes from the settings, and so cannot be deleted here.</param>
public sealed record ListedTestNumber(TestNumber Test, bool IsConfigured);

/// <summary>A test number that was added, or replaced what it was.</summary>
public sealed record PutTestNumber(TestNumber Test, bool IsNew);

/// <summary>GET and POST /manage/test-numbers, DELETE …/{number}: numbers with a fixed code and outcome, which call no provider.</summary>
public sealed class TestNumberAdministration(TestNumbers numbers, NumberPlan plan)
{
    /// <summary>How late a late one is where nobody says it, in seconds.</summary>
    public const int UsualDelay = 10;

    private const string Number = "number";
    private const string Delay = "delay";

    private static readonly FrozenDictionary<string, TestOutcome> Outcomes = ApiNames.ByName<TestOutcome>();

    public async Task<Result<Page<ListedTestNumber>>> ListAsync(Fields fields, CancellationToken cancellationToken)
    {
        var (limit, after) = Page.Read(fields, text => text.All(char.IsAsciiDigit), longestPlace: 15);
        if (fields.Problem is { } problem)
        {
            return problem;
        }

        var added = await numbers.ListAsync(cancellationToken);
        var all = added.Values.Select(test => new ListedTestNumber(test, IsConfigured: false))
            .Concat(
                numbers.Configured
                    .Where(pair => !added.ContainsKey(pair.Key))
                    .Select(pair => new ListedTestNumber(pair.Value, IsConfigured: true)));
        return Page.Ascending(all, listed => listed.Test.Number[1..], after, limit);
    }

    /// <summary>Adds one, or replaces what it was.</summary>
    public async Task<Result<PutTestNumber>> PutAsync(Fields fields, CancellationToken cancellationToken)
    {
        var number = fields.OperatorsNumber(Number)?.Number.E164;
        var code = fields.Code("code", required: true);
        var outcome = fields.OneOf("outcome", Outcomes) ?? TestOutcome.Verified;
        var isLate = outcome == TestOutcome.Late;
        var delay = fields.Integer(Delay, isLate ? 1 : 0, TestNumberOptionsCheck.LongestDelay) ?? (isLate ? UsualDelay : 0);
        fields.RefuseOthers(Number, "code", "outcome", Delay);
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
}
