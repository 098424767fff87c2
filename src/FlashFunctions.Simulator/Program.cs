using System.Net.Sockets;
using FlashFunctions.Simulator;

if (!CommandLine.TryRead(args, out var port))
{
    Console.Error.WriteLine("Usage: --port N    where N is 0 to 65535; 0 takes a free port");
    return 2;
}

await using var simulator = SimulatorApp.Create(new SimulatorOptions { Port = port });
try
{
    await simulator.StartAsync();
}
catch (Exception refused) when (refused is IOException or SocketException)
{
    Console.Error.WriteLine($"Cannot listen on port {port}: {refused.Message}");
    return 1;
}

CommandLine.Greet(Console.Out, simulator);
await CommandLine.WaitForEndAsync();
return 0;
