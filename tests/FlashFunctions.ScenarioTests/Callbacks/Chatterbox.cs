using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>
/// Answers 200 and then talks for megabytes; counts what the network took of it. Calls of other paths, for whatever had the port before,
/// are not counted.
/// </summary>
internal sealed class Chatterbox : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _path = $"/{RandomNumberGenerator.GetHexString(16)}";
    private readonly int _megabytes;
    private readonly Task _work;
    private int _sent;

    public Chatterbox(int megabytes)
    {
        _megabytes = megabytes;
        _listener.Start();
        _work = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{_path}";

    /// <summary>Ends it, and says how many megabytes of one answer went out at most.</summary>
    public async Task<int> EndAsync()
    {
        _listener.Stop();
        await _work;
        return _sent;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                talks.Add(TalkAsync(await _listener.AcceptSocketAsync()));
            }
        }
        catch (SocketException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        using (socket)
        {
            var block = new byte[1 << 20];
            var sent = 0;
            try
            {
                var received = await socket.ReceiveAsync(block);
                if (!Encoding.ASCII.GetString(block, 0, received).Contains(_path, StringComparison.Ordinal))
                {
                    return;
                }

                await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {(long)_megabytes << 20}\r\n\r\n"));
                for (; sent < _megabytes; sent++)
                {
                    for (var at = 0; at < block.Length;)
                    {
                        at += await socket.SendAsync(block.AsMemory(at));
                    }
                }
            }
            catch (SocketException)
            {
                // That is what is expected: nobody listens.
            }

            _sent = Math.Max(_sent, sent + 1);
        }
    }
}
