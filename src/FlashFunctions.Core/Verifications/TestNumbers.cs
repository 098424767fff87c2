using System.ComponentModel.DataAnnotations;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Verifications;

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
    [Required]
    public string Number { get; set; } = "";

    /// <summary>Its code, 6 digits; a verification with a shorter code takes the last ones.</summary>
    [Required]
    [RegularExpression("^[0-9]{6}$")]
    public string Code { get; set; } = "";
}

/// <summary>Looks test numbers up.</summary>
public sealed class TestNumbers(IOptions<TestNumberOptions> options)
{
    private readonly Dictionary<string, string> _codes =
        options.Value.Items.ToDictionary(item => NumberPlan.Instance.OneForm(item.Number), item => item.Code, StringComparer.Ordinal);

    /// <summary>Whether the number is one.</summary>
    public bool Contains(PhoneNumber number) => _codes.ContainsKey(number.E164);

    /// <summary>The fixed code of a test number.</summary>
    public string CodeOf(PhoneNumber number, int length) => _codes.GetValueOrDefault(number.E164, "000000")[^length..];
}

/// <summary>Stands where a provider would for a test number: takes everything and calls nobody.</summary>
public sealed class TestProvider : IProvider
{
    public static TestProvider Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "test";

    /// <inheritdoc/>
    public bool IsCircuitOpen => false;

    /// <inheritdoc/>
    public Carriage CarriageOf(Channel channel, int codeLength) => new(
        CodeSource.Ours, TimeSpan.FromSeconds(channel == Channel.Call ? 30 : 60), TellsCaller: true, TakesCaller: true);

    /// <inheritdoc/>
    public Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken) =>
        Task.FromResult<PlaceOutcome>(new PlaceOutcome.Accepted(
            $"test-{placement.Attempt.RequestId}-{placement.Attempt.Number}",
            placement.Channel == Channel.Call ? placement.From ?? $"0000000{placement.Code}" : null));

    /// <inheritdoc/>
    public Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken) =>
        Task.FromResult<ReportOutcome>(new ReportOutcome.Done());
}
