namespace FlashFunctions.Cli;

/// <summary>What the program sees of the world.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">What went wrong, a line each.</param>
/// <param name="Variable">An environment variable by its name.</param>
/// <param name="Time">Paces <c>verify --watch</c>.</param>
/// <param name="In">Where a person answers questions; null where nobody is there to ask.</param>
public sealed record CliEnvironment(
    TextWriter Out, TextWriter Error, Func<string, string?> Variable, TimeProvider Time, TextReader? In = null)
{
    /// <summary>That of the running process.</summary>
    public static CliEnvironment OfProcess { get; } = new(
        Console.Out,
        Console.Error,
        Environment.GetEnvironmentVariable,
        TimeProvider.System,
        Console.IsInputRedirected || Console.IsErrorRedirected ? null : Console.In);
}

/// <summary>How the program ends.</summary>
public static class ExitCodes
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>The service refused or could not be reached, or a watched verification was not verified.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;
}
