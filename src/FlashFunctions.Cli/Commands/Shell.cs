using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    public Command Command(string name, string description, IEnumerable<Symbol> symbols, Func<Session, Task<int>> run)
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
            return await run(new Session(parsed, service, screen, environment, cancellationToken));
        });
        return command;
    }

    /// <summary>Makes one of a single argument, which the run gets as a segment of a path.</summary>
    public Command Command(string name, string description, Argument<string> argument, Func<Session, string, Task<int>> run) =>
        Command(name, description, [argument], session => run(session, session.Segment(argument)));

    /// <summary>Makes a command that does what cannot be undone, and therefore asks for --yes.</summary>
    public Command Command(string name, string description, Argument argument, string confirmed, Func<Session, Task<int>> run)
    {
        var yes = new Option<bool>("--yes") { Description = "Confirms it." };
        var command = Command(name, description, [argument, yes], run);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(yes))
            {
                result.AddError($"--yes confirms that {confirmed}.");
            }
        });
        return command;
    }

    /// <summary>Makes a command that shows a page of a list. Its options are the parameters of the query.</summary>
    public Command List(
        string name,
        string description,
        IReadOnlyList<Symbol> symbols,
        Func<Session, string> path,
        string none,
        string items,
        params Column[] columns) => Command(name, description, symbols, session => session.GetAsync(
            path(session) + session.Query(symbols), (screen, body) => screen.Page(none, body, items, columns)));

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
internal sealed record Session(
    ParseResult Parsed, ServiceClient Service, Screen Screen, CliEnvironment Environment, CancellationToken Token)
{
    public string Value(Argument<string> argument) => Parsed.GetRequiredValue(argument);

    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>An argument as a segment of a path.</summary>
    public string Segment(Argument<string> argument) => Uri.EscapeDataString(Value(argument));

    /// <summary>The options that have a value as a query, under their names without dashes; empty where none has.</summary>
    public string Query(IEnumerable<Symbol> options)
    {
        var given = options.Select(option => (Name: option.Name.TrimStart('-'), Value: option switch
        {
            Option<string?> text => Value(text),
            Option<int> number => Value(number).ToString(CultureInfo.InvariantCulture),
            _ => null,
        }));
        var query = string.Join('&', given.Where(option => option.Value is not null)
            .Select(option => $"{option.Name}={Uri.EscapeDataString(option.Value!)}"));
        return query.Length > 0 ? $"?{query}" : "";
    }

    /// <summary>Arguments, flags and the options that were given as the fields of a body, under their names without dashes.</summary>
    public JsonObject Body(params IEnumerable<Symbol> symbols)
    {
        var body = new JsonObject();
        foreach (var symbol in symbols)
        {
            JsonNode? value = symbol switch
            {
                Argument<string> argument => Value(argument),
                Option<bool> flag => Value(flag),
                Option<int?> number => Value(number),
                Option<JsonObject?> json => Value(json)?.DeepClone(),
                Option<string?> text => Value(text),
                _ => throw new UnreachableException(),
            };
            if (value is not null)
            {
                body[symbol.Name.TrimStart('-')] = value;
            }
        }

        return body;
    }

    /// <summary>A person's answer to a question; null where nobody is there to ask.</summary>
    public async Task<string?> AskAsync(string question)
    {
        if (Environment.In is not { } person)
        {
            return null;
        }

        await Environment.Error.WriteAsync($"{question} ".AsMemory(), Token);
        return await person.ReadLineAsync(Token);
    }

    public Task<int> GetAsync(string path, Action<Screen, JsonElement> show) => SendAsync(HttpMethod.Get, path, null, show);

    public Task<int> PostAsync(string path, JsonObject? body, Action<Screen, JsonElement> show) =>
        SendAsync(HttpMethod.Post, path, body ?? [], show);

    public Task<int> DeleteAsync(string path, Action<Screen, JsonElement> show) => SendAsync(HttpMethod.Delete, path, null, show);

    /// <summary>Makes an operator's call, and shows what comes back.</summary>
    public async Task<int> SendAsync(HttpMethod method, string path, JsonObject? body, Action<Screen, JsonElement> show) =>
        Show(await Service.AsOperatorAsync(method, path, body, Token), show);

    public int Show(Reply reply, Action<Screen, JsonElement> show) => reply switch
    {
        Reply.Done done => Screen.Show(done.Body, show),
        Reply.Failed failed => Screen.Fail(failed.Why, failed.Body),
        _ => throw new UnreachableException(),
    };
}
