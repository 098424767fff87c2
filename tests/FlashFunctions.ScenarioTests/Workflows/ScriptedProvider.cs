using System.Collections.Concurrent;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>A provider that does every channel and answers as it is told.</summary>
internal sealed class ScriptedProvider(string name) : IProvider
{
    private readonly ConcurrentQueue<Placement> _placed = new();

    public string Name => name;

    /// <summary>What the next placements are answered; null takes them.</summary>
    public PlaceOutcome? Answer { get; set; }

    /// <summary>What was placed here for a phone, refused or not.</summary>
    public IReadOnlyList<Placement> To(string number) => [.. _placed.Where(placement => placement.To.E164 == number)];

    public Capability CapabilityFor(Channel channel, int codeLength) => new(CodeSource.Ours, TimeSpan.FromSeconds(30));

    public Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        _placed.Enqueue(placement);
        return Task.FromResult(Answer ?? new PlaceOutcome.Accepted($"{name}-{placement.Attempt.RequestId}-{placement.Attempt.Number}"));
    }
}
