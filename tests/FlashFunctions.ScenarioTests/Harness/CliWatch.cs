using FlashFunctions.Cli;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>The operator's program while it runs, with what it has printed so far.</summary>
public sealed class CliWatch : IDisposable
{
    private readonly StringWriter _text = new();
    private readonly TextWriter _out;
    private readonly ManagedService _managed;
    private readonly Task<int> _run;

    public CliWatch(ManagedService managed, params string[] arguments)
    {
        _managed = managed;
        _out = TextWriter.Synchronized(_text);
        string[] all = [.. arguments, "--address", managed.Service.Host.Address.ToString(), "--key", ManagedService.Key];
        _run = FlashCli.RunAsync(all, new CliEnvironment(_out, _out, _ => null, managed.Service.Clock));
    }

    public string Out
    {
        get
        {
            lock (_out)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>The first line that holds a text, once there is one; the clock moves on meanwhile.</summary>
    public Task<string> WaitForAsync(string text) => _managed.Service.UnstickAsync(Task.Run(async () =>
    {
        while (true)
        {
            var lines = Out.Split('\n', StringSplitOptions.TrimEntries);
            if (Array.Find(lines[..^1], line => line.Contains(text, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }));

    /// <summary>The exit code, once it has ended; the clock moves on meanwhile.</summary>
    public Task<int> EndAsync() => _managed.Service.UnstickAsync(_run);

    public void Dispose()
    {
        _out.Dispose();
        _text.Dispose();
    }
}
