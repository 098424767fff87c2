using System.Threading.Channels;

namespace FlashFunctions.Tests.LocalHost;

/// <summary>What the sample functions did, and what they are to do.</summary>
public sealed class SampleJournal
{
    private readonly Channel<string> _entries = Channel.CreateUnbounded<string>();
    private int _running;
    private int _mostAtOnce;

    /// <summary>What a function does after it wrote its line.</summary>
    public Func<string, CancellationToken, Task> Then { get; set; } = (_, _) => Task.CompletedTask;

    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    public int Unread => _entries.Reader.Count;

    public void Write(string line) => _entries.Writer.TryWrite(line);

    public async Task RunAsync(string line, CancellationToken cancellationToken)
    {
        var running = Interlocked.Increment(ref _running);
        for (var most = _mostAtOnce; running > most && Interlocked.CompareExchange(ref _mostAtOnce, running, most) != most;)
        {
            most = _mostAtOnce;
        }

        Write(line);
        try
        {
            await Then(line, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>The next line, in order; a test that would wait for ever fails after a while instead.</summary>
    public Task<string> NextAsync() => _entries.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async Task<string[]> NextAsync(int count)
    {
        var lines = new string[count];
        for (var i = 0; i < count; i++)
        {
            lines[i] = await NextAsync();
        }

        return lines;
    }

    /// <summary>The lines that nobody has read yet.</summary>
    public IReadOnlyList<string> Rest()
    {
        var lines = new List<string>();
        while (_entries.Reader.TryRead(out var line))
        {
            lines.Add(line);
        }

        return lines;
    }
}
