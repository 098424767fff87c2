using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Requests;

/// <summary>Rule 10: numbers that behave like the real thing with a fixed code, call no provider and cost nothing.</summary>
public sealed class TestNumberOptions
{
    public const string Section = "TestNumbers";

    /// <summary>The numbers. None by default.</summary>
    public IList<TestNumber> Items { get; } = [];
}

/// <summary>A test number.</summary>
public sealed class TestNumber
{
    /// <summary>In E.164 syntax.</summary>
    public string Number { get; set; } = "";

    /// <summary>Its code, 4 to 6 digits; a verification with a shorter code takes the last ones, and one with a longer code is refused.</summary>
    public string Code { get; set; } = "";

    /// <summary>What becomes of what is sent to it. Default: Verified, delivered at once.</summary>
    public TestOutcome Outcome { get; set; }

    /// <summary>After how many seconds its outcome is reported: 0 to 600, default 0.</summary>
    public int Delay { get; set; }
}

/// <summary>Refuses, at start-up, test numbers that could never be verified. No message repeats a number or a code.</summary>
internal sealed class TestNumberOptionsCheck : IValidateOptions<TestNumberOptions>
{
    public const int ShortestCode = 4;
    public const int LongestCode = 6;
    private const int LongestDelay = 600;

    public ValidateOptionsResult Validate(string? name, TestNumberOptions options)
    {
        string[] mistakes =
        [
            .. options.Items.SelectMany((item, index) => Mistakes(item).Select(mistake => $"{TestNumberOptions.Section}:{index}:{mistake}")),
            .. options.Items.GroupBy(item => NumberPlan.Instance.OneForm(item.Number), StringComparer.Ordinal).Where(same => same.Count() > 1)
                .Select(same => $"{TestNumberOptions.Section}:{options.Items.IndexOf(same.Last())}:Number: is there twice."),
        ];
        return mistakes.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Mistakes(TestNumber item)
    {
        if (!PhoneNumber.TryParse(item.Number, null, out _)
            || NumberPlan.Instance.Read(item.Number, requireAssignedRange: false) is not NumberReading.Valid)
        {
            yield return $"{nameof(item.Number)}: must be a phone number in E.164 syntax, a plus and digits.";
        }

        if (item.Code is not { Length: >= ShortestCode and <= LongestCode } || !item.Code.All(char.IsAsciiDigit))
        {
            yield return $"{nameof(item.Code)}: must be {ShortestCode} to {LongestCode} digits.";
        }

        if (!Enum.IsDefined(item.Outcome))
        {
            yield return $"{nameof(item.Outcome)}: must be one of {string.Join(", ", Enum.GetNames<TestOutcome>())}.";
        }

        if (item.Delay is < 0 or > LongestDelay)
        {
            yield return $"{nameof(item.Delay)}: must be 0 to {LongestDelay} seconds.";
        }
    }
}

/// <summary>Looks test numbers up. The one place that a further source of them has to be added to.</summary>
public sealed class TestNumbers(IOptions<TestNumberOptions> options)
{
    private readonly Dictionary<string, TestNumber> _numbers =
        options.Value.Items.ToDictionary(item => NumberPlan.Instance.OneForm(item.Number), StringComparer.Ordinal);

    /// <summary>The test number of that number, or null where it is a real one.</summary>
    public ValueTask<TestNumber?> FindAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_numbers.GetValueOrDefault(number.E164));
    }
}

/// <summary>Names the test numbers at start-up where they could be forgotten: outside development. Masked, and without their codes.</summary>
internal sealed partial class TestNumberNotice(
    IOptions<TestNumberOptions> options, IHostEnvironment environment, ILogger<TestNumberNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var item in environment.IsDevelopment() ? [] : options.Value.Items)
        {
            Log.TestNumber(logger, PhoneNumber.Parse(item.Number, null), item.Outcome);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Number} is a test number: it is never called, its fixed code verifies it, and its outcome is {Outcome}")]
        public static partial void TestNumber(ILogger logger, PhoneNumber number, TestOutcome outcome);
    }
}
