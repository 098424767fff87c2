using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FlashFunctions.LocalHost.Service;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>What ./run starts, as a process of its own.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _banner = [];

    private ServiceProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Has the credentials that were printed.</summary>
    public HttpClient? Http { get; private set; }

    /// <summary>The lines that were printed.</summary>
    public IReadOnlyList<string> Banner => _banner;

    /// <summary>Runs it to its end.</summary>
    public static async Task<(
        int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, params (string Name, string Value)[] settings)
    {
        using var service = Start(arguments, settings);
        var output = await service._process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await service._process.WaitForExitAsync().WaitAsync(Patience);
        return (service._process.ExitCode, output, await service._errors);
    }

    /// <summary>Runs it on a free port until it has said all that it says, where it is among it.</summary>
    public static async Task<ServiceProcess> ServeAsync(
        string data, string[]? arguments = null, params (string Name, string Value)[] settings)
    {
        var service = Start(["--port", "0", "--data", data, .. arguments ?? []], settings);
        while (await service._process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            service._banner.Add(line.Trim());
            if (line.StartsWith("Ctrl+C", StringComparison.Ordinal))
            {
                service.Http = new HttpClient { BaseAddress = new Uri(service.Said("FlashFunctions")) };
                service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(service.Said("credentials"))));
                return service;
            }
        }

        throw new InvalidOperationException($"The service did not start: {await service._errors}");
    }

    /// <summary>What it said of this.</summary>
    public string Said(string label) => Banner.First(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Trim();

    /// <summary>
    /// Reads a request until it is more than accepted, as a person who pastes one command after another gives it time to be.
    /// </summary>
    public async Task<string> UntilPlacedAsync(string id)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var request = JsonElement.Parse(await Http!.GetStringAsync(new Uri($"/v1/requests/{id}", UriKind.Relative)));
            if (request.GetProperty("status").GetString() is var status && status is not "ACCEPTED")
            {
                return status!;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"{id} is still accepted.");
        }
    }

    /// <summary>Kills it: it gets no chance to store anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Asks it to end, as the system does; returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
        return await ExitAsync();
    }

    /// <summary>Waits until it has ended; returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
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
