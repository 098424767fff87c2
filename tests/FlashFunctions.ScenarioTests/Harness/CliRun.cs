using System.Text.Json;
using FlashFunctions.Cli;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>One run of the operator's program, in this process, with what it printed.</summary>
public sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>What it printed, which must be one JSON document and nothing else.</summary>
    public JsonElement Json => JsonElement.Parse(Out);

    /// <summary>Runs it against a service, by the environment's address and key.</summary>
    public static Task<CliRun> OfAsync(ManagedService managed, params string[] arguments) =>
        OfAsync(managed.Service, VariablesOf(managed), arguments);

    /// <summary>Runs it in an environment.</summary>
    public static Task<CliRun> OfAsync(TestService service, Func<string, string?> variable, params string[] arguments) =>
        OfAsync(service, variable, person: null, arguments);

    /// <summary>Runs it against a service, with a person who answers what it asks.</summary>
    public static Task<CliRun> AnsweredAsync(ManagedService managed, string answer, params string[] arguments) =>
        OfAsync(managed.Service, VariablesOf(managed), new StringReader(answer), arguments);

    private static async Task<CliRun> OfAsync(TestService service, Func<string, string?> variable, TextReader? person, string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var environment = new CliEnvironment(output, error, variable, service.Clock, person);
        var code = await service.UnstickAsync(FlashCli.RunAsync(arguments, environment));
        return new CliRun(code, output.ToString(), error.ToString());
    }

    private static Func<string, string?> VariablesOf(ManagedService managed) => name => name switch
    {
        "FLASHFUNCTIONS_ADDRESS" => managed.Service.Host.Address.ToString(),
        "FLASHFUNCTIONS_KEY" => ManagedService.Key,
        _ => null,
    };
}
