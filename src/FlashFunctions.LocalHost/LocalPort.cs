using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FlashFunctions.LocalHost;

/// <summary>Ports of the loopback interface.</summary>
internal static class LocalPort
{
    // Below what Linux, macOS and Windows give to outgoing connections: one of those could take a port between the look and the use.
    private const int First = 20_000;
    private const int End = 32_000;

    /// <summary>A free port, picked at random, so that processes that look at the same time find different ones.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static int FindFree()
    {
        for (var i = First; i < End; i++)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new IOException($"no port from {First} to {End - 1} is free.");
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, Math.Min(port, IPEndPoint.MaxPort));
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
