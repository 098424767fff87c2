using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
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

    /// <summary>The outcome of what is sent to it. Default: Verified, delivered at once.</summary>
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

/// <summary>Looks test numbers up: the one place where a further source of them would be added.</summary>
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

/// <summary>Logs the test numbers at start-up outside development, so that they are not forgotten: masked, and without their codes.</summary>
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

/// <summary>The outcome of what is sent to a test number.</summary>
public enum TestOutcome
{
    /// <summary>Delivered; its code verifies it.</summary>
    Verified,

    /// <summary>Reported as undelivered.</summary>
    Undelivered,

    /// <summary>It rings and is declined: delivered, as at the providers.</summary>
    Busy,

    /// <summary>The call is answered, as by voicemail or a screening service.</summary>
    Answered,

    /// <summary>Delivered after its delay.</summary>
    Late,

    /// <summary>No provider can be reached: nothing is placed.</summary>
    Down,

    /// <summary>Refused as a number that is blocked.</summary>
    Blocked,
}

/// <summary>Rule 10: the outcome of a request to a test number, fixed when the request is accepted, so that later settings do not change it.</summary>
/// <param name="Outcome">The outcome of what is sent.</param>
/// <param name="Delay">After how many seconds that is reported.</param>
/// <param name="Code">The fixed code, encrypted, while the request is open; null where it has none.</param>
public sealed record TestRun(TestOutcome Outcome, int Delay, string? Code = null)
{
    /// <summary>What a provider would report of an attempt.</summary>
    public ProviderEvent Report(Channel channel, DateTimeOffset now)
    {
        var isCall = channel is Channel.Call or Channel.Voice or Channel.Speech;
        var status = Outcome == TestOutcome.Undelivered ? TransportStatus.Undelivered : TransportStatus.Delivered;
        return new ProviderEvent(TestProvider.ProviderName, null, null, status, Outcome.ToString(), now, Call: Outcome switch
        {
            TestOutcome.Busy when isCall => new CallDetails { SipStatus = 486 },
            TestOutcome.Answered when isCall => new CallDetails { SipStatus = 200, AnsweredAt = now },
            _ => null,
        });
    }
}

/// <summary>The provider of test numbers: calls nobody and takes everything, unless the test number's outcome is that it is down.</summary>
public sealed class TestProvider(TestOutcome outcome) : IProvider
{
    public const string ProviderName = "test";

    private const string CallerPrefix = "0000000";

    /// <summary>For its capabilities, which are those of every outcome.</summary>
    public static TestProvider Instance { get; } = new(TestOutcome.Verified);

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <summary>The number that is said to ring for a code.</summary>
    public static string CallerOf(string? code) => CallerPrefix + code;

    /// <inheritdoc/>
    public Capability CapabilityFor(Channel channel, int codeLength) => new(
        CodeSource.Ours, channel == Channel.Call ? Capability.CallWait : Capability.MessageWait, TellsCaller: true, TakesCaller: true);

    /// <inheritdoc/>
    public Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken) => Task.FromResult<PlaceOutcome>(
        outcome == TestOutcome.Down
            ? new PlaceOutcome.NotSent("The test number's provider is down.")
            : new PlaceOutcome.Accepted(
                $"test-{placement.Attempt.RequestId}-{placement.Attempt.Number}",
                placement.Channel == Channel.Call ? placement.From ?? CallerOf(placement.Code) : null));
}
