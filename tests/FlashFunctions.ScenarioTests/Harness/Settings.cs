namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>Settings of a test's service on top of the development ones: <c>new Settings { ["Verification:Brand"] = "Acme" }</c>.</summary>
public sealed class Settings : Dictionary<string, string?>
{
    public Settings()
        : base(StringComparer.Ordinal)
    {
    }

    /// <summary>The same settings again, for those that a test adds or changes.</summary>
    public Settings(IReadOnlyDictionary<string, string?> settings)
        : base(settings, StringComparer.Ordinal)
    {
    }
}
