using System.Net;
using System.Text.Json;
using FlashFunctions.Cli;
using FlashFunctions.LocalHost.Service;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>What ./run prints is true and can be pasted.</summary>
public sealed class BannerTests : IDisposable
{
    private const string Cli = "dotnet run --project src/FlashFunctions.Cli -- ";

    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-banner-").FullName;

    [Fact]
    public async Task Its_credentials_its_function_key_and_its_command_lines_work()
    {
        using var service = await ServiceProcess.ServeAsync(_folder);

        var id = await VerifyAsync(service, "+37253000001");
        Assert.Equal("dev:dev-secret", service.Said("credentials"));
        Assert.StartsWith(ServiceHost.DevelopmentFunctionKey, service.Said("function key"), StringComparison.Ordinal);
        var lines = service.Banner.Where(line => line.StartsWith(Cli, StringComparison.Ordinal)).ToList();
        Assert.Equal(2, lines.Count);
        foreach (var line in lines)
        {
            var (exitCode, output) = await OperateAsync(line.Replace("ID", id, StringComparison.Ordinal)[Cli.Length..]);
            Assert.True(exitCode == 0, output);
        }
    }

    [Fact]
    public async Task The_credentials_are_those_that_the_configuration_names()
    {
        using var service = await ServiceProcess.ServeAsync(
            _folder, [], ("DevelopmentAccount__KeyId", "me"), ("DevelopmentAccount__Secret", "it's mine"),
            ("LocalHost__FunctionKey", "my-own"));

        await VerifyAsync(service, "+37253000001");

        Assert.Equal("me:it's mine", service.Said("credentials"));
        Assert.Contains(service.Banner, line => line.StartsWith("curl -u 'me:it'\\''s mine' http", StringComparison.Ordinal));
        Assert.Equal("the one in LocalHost__FunctionKey", service.Said("function key"));
        Assert.DoesNotContain(service.Banner, line => line.Contains("dev-secret", StringComparison.Ordinal));
        Assert.DoesNotContain(service.Banner, line => line.Contains("my-own", StringComparison.Ordinal));
        var withDevelopmentKey = await OperateAsync($"accounts list --address {service.Said("FlashFunctions")}");
        Assert.Equal((1, "A function key is needed: --key or FLASHFUNCTIONS_KEY."), withDevelopmentKey);
        Assert.Equal(0, (await OperateAsync($"accounts list --address {service.Said("FlashFunctions")} --key my-own")).ExitCode);
    }

    [Fact]
    public async Task The_demo_uses_the_credentials_that_the_configuration_names()
    {
        var (exitCode, output, _) = await ServiceProcess.RunAsync(
            ["--demo"], ("DevelopmentAccount__KeyId", "me"), ("DevelopmentAccount__Secret", "mine"));

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Without_the_simulator_the_service_is_alone_and_a_test_number_verifies()
    {
        using var service = await ServiceProcess.ServeAsync(_folder, ["--no-simulator"]);

        Assert.DoesNotContain(service.Banner, line => line.Contains("simulated", StringComparison.Ordinal));
        Assert.StartsWith("none is configured", service.Said("providers"), StringComparison.Ordinal);
        var start = Assert.Single(service.Banner, line => line.Contains("-d number=", StringComparison.Ordinal));
        var check = Assert.Single(service.Banner, line => line.Contains("-d code=", StringComparison.Ordinal));
        var id = await VerifyAsync(service, Field(start, "number"));
        Assert.Equal("DELIVERED", await service.UntilPlacedAsync(id));
        var answer = await PostAsync(service, "/v1/verify/check", ("requestId", id), ("code", Field(check, "code")));
        Assert.Equal("VERIFIED", answer.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Without_the_simulator_the_providers_are_those_that_the_configuration_names()
    {
        using var service = await ServiceProcess.ServeAsync(
            _folder,
            ["--no-simulator"],
            ("Providers__Revicom__Token", "a-token"),
            ("Providers__Revicom__BaseAddress", "http://127.0.0.1:1"));

        Assert.Equal("revicom", service.Said("providers"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Field(string line, string name) => line.Split($"-d {name}=")[1].Split(' ')[0];

    private static async Task<string> VerifyAsync(ServiceProcess service, string number) =>
        (await PostAsync(service, "/v1/verify", ("number", number), ("method", "call"))).GetProperty("requestId").GetString()!;

    private static async Task<JsonElement> PostAsync(ServiceProcess service, string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await service.Http!.PostAsync(new Uri(path, UriKind.Relative), form);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, body);
        return JsonElement.Parse(body);
    }

    private static async Task<(int ExitCode, string Output)> OperateAsync(string line)
    {
        await using var output = new StringWriter();
        var code = await FlashCli.RunAsync(line.Split(' '), new CliEnvironment(output, output, _ => null, TimeProvider.System));
        return (code, output.ToString().Trim());
    }
}
