using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using FlashFunctions.LocalHost.Service;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>What ./run starts, as a process of its own.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServiceProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public HttpClient? Http { get; private set; }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, params (string Name, string Value)[] settings)
    {
        using var service = Start(arguments, settings);
        var output = await service._process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await service._process.WaitForExitAsync().WaitAsync(Patience);
        return (service._process.ExitCode, output, await service._errors);
    }

    /// <summary>Runs it until it has said where it is.</summary>
    public static async Task<ServiceProcess> ServeAsync(string data)
    {
        var service = Start(["--port", "0", "--data", data], []);
        while (await service._process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith("FlashFunctions ", StringComparison.Ordinal))
            {
                service.Http = new HttpClient { BaseAddress = new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) };
                var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ServiceHost.KeyId}:{ServiceHost.Secret}"));
                service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
                return service;
            }
        }

        throw new InvalidOperationException($"The service did not start: {await service._errors}");
    }

    /// <summary>Kills it: it gets no chance to store anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        Http?.Dispose();
    }

    private static ServiceProcess Start(string[] arguments, (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ServiceHost).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new ServiceProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start."));
    }
}
