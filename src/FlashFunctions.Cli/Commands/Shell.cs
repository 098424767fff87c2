using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using FlashFunctions.Cli.Output;
using FlashFunctions.Cli.Service;

namespace FlashFunctions.Cli.Commands;

/// <summary>The options that every command has, and what a command runs in.</summary>
internal sealed class Shell(CliEnvironment environment)
{
    private const string AddressVariable = "FLASHFUNCTIONS_ADDRESS";
    private const string KeyVariable = "FLASHFUNCTIONS_KEY";
    private const string NoColourVariable = "NO_COLOR";
    private const string DefaultAddress = "http://localhost:7071";

    /// <summary>What ./run accepts from its own machine; no service elsewhere does.</summary>
    private const string DevelopmentKey = "development-function-key";

    public Option<Uri?> Address { get; } = new("--address")
    {
        Description = $"The service; otherwise {AddressVariable}, otherwise {DefaultAddress}.",
        Recursive = true,
        CustomParser = ParseAddress,
    };

    public Option<string?> Key { get; } = new("--key")
    {
        Description = $"The function key; otherwise {KeyVariable}, which other users of this machine do not see, "
            + "otherwise, for a service on this machine, the development key of ./run.",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the service's JSON and nothing else, its refusals on standard error.",
        Recursive = true,
    };

    /// <summary>Makes a command that asks the service something.</summary>
    public Command Command(string name, string description, IEnumerable<Symbol> symbols, Func<Session, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (AddressOf(parsed) is not { } address)
            {
                await environment.Error.WriteLineAsync($"{AddressVariable} must be an http or https address.");
                return ExitCodes.Usage;
            }

            using var service = new ServiceClient(address, KeyFor(parsed, address));
            var screen = new Screen(
                environment.Out, environment.Error, parsed.GetValue(Json), environment.Variable(NoColourVariable) is { Length: > 0 });
            return await run(new Session(parsed, service, screen, environment), cancellationToken);
        });
        return command;
    }

    private Uri? AddressOf(ParseResult parsed) => parsed.GetValue(Address) ?? Read(environment.Variable(AddressVariable) ?? DefaultAddress);

    private FunctionKey? KeyFor(ParseResult parsed, Uri address) => (parsed.GetValue(Key) ?? environment.Variable(KeyVariable)) switch
    {
        { } given => new FunctionKey(given, IsGiven: true),
        null when address.IsLoopback => new FunctionKey(DevelopmentKey, IsGiven: false),
        null => null,
    };

    private static Uri? ParseAddress(ArgumentResult result)
    {
        var address = Read(result.Tokens[0].Value);
        if (address is null)
        {
            result.AddError("--address must be an http or https address.");
        }

        return address;
    }

    private static Uri? Read(string text) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
}

/// <summary>One run of a command.</summary>
internal sealed record Session(ParseResult Parsed, ServiceClient Service, Screen Screen, CliEnvironment Environment)
{
    public TimeProvider Time => Environment.Time;

    /// <summary>A person's answer to a question; null where nobody is there to ask.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken cancellationToken)
    {
        if (Environment.In is not { } person)
        {
            return null;
        }

        await Environment.Error.WriteAsync($"{question} ".AsMemory(), cancellationToken);
        return await person.ReadLineAsync(cancellationToken);
    }


    /// <summary>Waits for an answer and shows it.</summary>
    public async Task<int> ShowAsync(Task<Reply> asking, Action<Screen, System.Text.Json.JsonElement> show) => await asking switch
    {
        Reply.Done done => Screen.Show(done.Body, show),
        Reply.Failed failed => Screen.Fail(failed.Why, failed.Body),
        _ => throw new UnreachableException(),
    };
}
