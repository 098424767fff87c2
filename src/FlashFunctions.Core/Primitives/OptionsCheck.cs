namespace FlashFunctions.Core.Primitives;

/// <summary>Checks settings at start-up. A mistake is a sentence that names its setting, and no secret's value.</summary>
public abstract class OptionsCheck<TOptions> : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        string[] mistakes = [.. MistakesIn(options)];
        return mistakes.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    protected abstract IEnumerable<string> MistakesIn(TOptions options);
}
