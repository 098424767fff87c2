using FlashFunctions.Core.Input;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// The steps of a verification that names a method and no workflow, section <c>Workflows</c>. Each value is a JSON list as the API's
/// <c>workflow</c>, whose first step has the method that is its key:
/// <c>Workflows:Default:call = [{"method":"call","wait":20},{"method":"sms"}]</c>. None by default: a single step.
/// </summary>
public sealed class WorkflowOptions
{
    public const string Section = "Workflows";

    /// <summary>Steps by method: call, sms, voice.</summary>
    public IDictionary<string, string> Default { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Steps by country (two letters) and method, before <see cref="Default"/>: <c>Workflows:Country:EE:call</c>.</summary>
    public IDictionary<string, Dictionary<string, string>> Country { get; } =
        new Dictionary<string, Dictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
}

public sealed class WorkflowDefaults(IOptions<WorkflowOptions> options)
{
    private readonly Dictionary<Channel, IReadOnlyList<WorkflowStep>> _everywhere = Read(options.Value.Default);

    private readonly Dictionary<string, Dictionary<Channel, IReadOnlyList<WorkflowStep>>> _countries =
        options.Value.Country.ToDictionary(country => country.Key, country => Read(country.Value), StringComparer.OrdinalIgnoreCase);

    /// <summary>The steps for a method in a country; empty where nothing is configured.</summary>
    public IReadOnlyList<WorkflowStep> For(Channel method, string? country) =>
        country is not null && _countries.TryGetValue(country, out var ofCountry) && ofCountry.TryGetValue(method, out var there) ? there
            : _everywhere.GetValueOrDefault(method, []);

    private static Dictionary<Channel, IReadOnlyList<WorkflowStep>> Read(IDictionary<string, string> texts) =>
        texts.ToDictionary(
            text => ApiNames.VerifyMethods[text.Key.ToLowerInvariant()], text => WorkflowText.Read(text.Key, text.Value).Steps!);
}

/// <summary>Refuses, at start-up, workflows that cannot be read.</summary>
internal sealed class WorkflowOptionsCheck : OptionsCheck<WorkflowOptions>
{
    protected override IEnumerable<string> MistakesIn(WorkflowOptions options) =>
    [
        .. Mistakes($"{WorkflowOptions.Section}:{nameof(options.Default)}", options.Default),
        .. options.Country.SelectMany(
            country => Mistakes($"{WorkflowOptions.Section}:{nameof(options.Country)}:{country.Key}", country.Value)),
        .. options.Country.Keys.Where(country => country is not { Length: 2 } || !country.All(char.IsAsciiLetter))
            .Select(country => $"{WorkflowOptions.Section}:{nameof(options.Country)}:{country}: is not a country of two letters."),
    ];

    private static IEnumerable<string> Mistakes(string section, IDictionary<string, string> texts) => texts
        .Select(text => (text.Key, WorkflowText.Read(text.Key, text.Value).Mistake))
        .Where(read => read.Mistake is not null)
        .Select(read => $"{section}:{read.Key}: {read.Mistake}");
}

internal static class WorkflowText
{
    private const string Name = "workflow";

    public static (IReadOnlyList<WorkflowStep>? Steps, string? Mistake) Read(string method, string text)
    {
        if (!ApiNames.VerifyMethods.TryGetValue(method.ToLowerInvariant(), out var channel))
        {
            return (null, "is not a method.");
        }

        var fields = FieldsReader.OfText(Name, text);
        var steps = fields.List(Name, 1, StepFields.Most)?.Select(step => (Fields: step, Read: StepFields.Read(step))).ToArray();
        if (steps is null || Array.Exists(steps, step => step.Fields.Problem is not null))
        {
            return (null, $"must be a JSON list of 1 to {StepFields.Most} steps as the API's workflow.");
        }

        return steps[0].Read!.Channel == channel
            ? ([.. steps.Select(step => step.Read!)], null)
            : (null, "must begin with a step of its method.");
    }
}
