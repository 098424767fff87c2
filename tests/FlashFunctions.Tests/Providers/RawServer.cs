using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FlashFunctions.Tests.Providers;

/// <summary>A server on a loopback socket that does to each connection exactly what the test says.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private int _requests;

    public RawServer(Func<Connection, Task> serve)
    {
        _listener.Start();
        _accepting = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whole requests that were received.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Func<Connection, Task> serve)
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(serve, await AcceptAsync()));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    // A client that has gone again before it is accepted is nobody's business.
    private async Task<Socket> AcceptAsync()
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptSocketAsync(_stopping.Token);
            }
            catch (SocketException)
            {
                _stopping.Token.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task ServeAsync(Func<Connection, Task> serve, Socket socket)
    {
        try
        {
            using var connection = new Connection(socket, () => Interlocked.Increment(ref _requests), _stopping.Token);
            await serve(connection);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException)
        {
            // The client went away, or the test is over.
        }
    }

    internal sealed class Connection(Socket socket, Action received, CancellationToken stopping) : IDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);

        public async Task ReadRequestAsync()
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await _stream.ReadExactlyAsync(one, stopping);
                head.Append((char)one[0]);
            }

            const string Length = "Content-Length: ";
            var start = head.ToString().IndexOf(Length, StringComparison.OrdinalIgnoreCase) + Length.Length;
            var end = head.ToString().IndexOf('\r', start);
            await _stream.ReadExactlyAsync(new byte[int.Parse(head.ToString()[start..end], CultureInfo.InvariantCulture)], stopping);
            received();
        }

        public Task WriteAsync(string text) => _stream.WriteAsync(Encoding.ASCII.GetBytes(text), stopping).AsTask();

        public Task AnswerAsync(int status, string body) =>
            WriteAsync($"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);

        /// <summary>Ends the connection with a reset instead of an orderly close.</summary>
        public void Reset()
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }

        public void Dispose() => _stream.Dispose();
    }
}
