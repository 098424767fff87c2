using System.CommandLine;
using System.CommandLine.Invocation;
using FlashFunctions.Cli.Commands;

namespace FlashFunctions.Cli;

/// <summary>The operator's program. It talks to a running service over HTTP and to nothing else.</summary>
public static class FlashCli
{
    /// <summary>Runs one command line. Returns one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CliEnvironment environment, CancellationToken cancellationToken = default)
    {
        var root = Root(environment);
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            await environment.Error.WriteLineAsync($"{parsed.Errors[0].Message.ReplaceLineEndings(" ")} See --help.");
            return ExitCodes.Usage;
        }

        var settings = new InvocationConfiguration
        {
            Output = environment.Out,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return await parsed.InvokeAsync(settings, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await environment.Error.WriteLineAsync("Interrupted.");
            return ExitCodes.Failed;
        }
    }

    private static RootCommand Root(CliEnvironment environment)
    {
        var shell = new Shell(environment);
        return new RootCommand("Manages a FlashFunctions service.")
        {
            shell.Address,
            shell.Key,
            shell.Json,
            AccountCommands.Create(shell),
            TokenCommands.Create(shell),
            SecretCommands.Create(shell),
            RequestCommands.Create(shell),
            RouteCommands.Create(shell),
            OverviewCommands.Overview(shell),
            OverviewCommands.Health(shell),
            OverviewCommands.Conversion(shell),
            TestNumberCommands.Create(shell),
            CallbackCommands.Create(shell),
            DeadLetterCommands.Create(shell),
            FraudCommands.Create(shell),
            VerifyCommand.Create(shell),
            PersonalDataCommands.Erase(shell),
            PersonalDataCommands.Export(shell),
            CompletionCommand.Create(environment),
        };
    }
}
