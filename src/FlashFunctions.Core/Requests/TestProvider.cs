using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>Stands where a provider would for a test number: calls nobody, and takes everything unless it plays one that is down.</summary>
public sealed class TestProvider(TestOutcome outcome) : IProvider
{
    public const string ProviderName = "test";

    private const string CallerPrefix = "0000000";

    /// <summary>How it carries whatever is sent.</summary>
    public static TestProvider Instance { get; } = new(TestOutcome.Verified);

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <summary>The number that is said to ring for a code.</summary>
    public static string CallerOf(string? code) => CallerPrefix + code;

    /// <inheritdoc/>
    public Capability CapabilityFor(Channel channel, int codeLength) => new(
        CodeSource.Ours, channel == Channel.Call ? DefaultWaits.Call : DefaultWaits.Message, TellsCaller: true, TakesCaller: true);

    /// <inheritdoc/>
    public Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken) => Task.FromResult<PlaceOutcome>(
        outcome == TestOutcome.Down
            ? new PlaceOutcome.NotSent("The test number's provider is down.")
            : new PlaceOutcome.Accepted(
                $"test-{placement.Attempt.RequestId}-{placement.Attempt.Number}",
                placement.Channel == Channel.Call ? placement.From ?? CallerOf(placement.Code) : null));

    /// <inheritdoc/>
    public Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken) =>
        Task.FromResult<ReportOutcome>(new ReportOutcome.Done());
}
