using System.Text.Json;
using FlashFunctions.Cli;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>One run of the operator's program, in this process, with what it printed.</summary>
public sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>What it printed, which must be one JSON document and nothing else.</summary>
    public JsonElement Json => JsonElement.Parse(Out);

    /// <summary>Runs it against a service, by the environment's address and key.</summary>
    public static Task<CliRun> OfAsync(ManagedService managed, params string[] arguments) => OfAsync(
        managed.Service,
        name => name switch
        {
            "FLASHFUNCTIONS_ADDRESS" => managed.Service.Host.Address.ToString(),
            "FLASHFUNCTIONS_KEY" => ManagedService.Key,
            _ => null,
        },
        arguments);

    /// <summary>Runs it in an environment.</summary>
    public static async Task<CliRun> OfAsync(TestService service, Func<string, string?> variable, params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var environment = new CliEnvironment(output, error, variable, service.Clock);
        var code = await service.UnstickAsync(FlashCli.RunAsync(arguments, environment));
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
