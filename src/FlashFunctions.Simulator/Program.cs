using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FlashFunctions.Simulator;

var port = SimulatorDefaults.Port;
var isUsable = args is [] || (args is ["--port", var given]
    && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535);
if (!isUsable)
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

Console.WriteLine($"Simulated phones   {simulator.Address}");
foreach (var provider in SimulatedProviders.All)
{
    Console.WriteLine($"{provider,-18} {simulator.AddressOf(provider)}");
}

Console.WriteLine($"""

    Unibell            X-Authorization: AccessKey {SimulatorDefaults.UnibellAccessKey}, appKey {SimulatorDefaults.UnibellAppKey}
    Revicom            Authorization: Basic {SimulatorDefaults.RevicomMessageToken}
                       conversions Bearer {SimulatorDefaults.RevicomConversionToken}
    Bird               Authorization: AccessKey {SimulatorDefaults.BirdAccessKey}, signing key {SimulatorDefaults.BirdSigningKey}
                       workspace {SimulatorDefaults.BirdWorkspaceId}, channel {SimulatorDefaults.BirdChannelId}
    Lanck              user {SimulatorDefaults.LanckId}, password {SimulatorDefaults.LanckSecret}

    The last two digits of a number choose what happens; 00 to 59 are ordinary:
    """);
foreach (var behaviour in SimulatedBehaviours.All)
{
    Console.WriteLine($"  {behaviour.Ending:D2}  {behaviour.Name,-24} {behaviour.Meaning}");
}

var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
await end.Task;
return 0;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    end.TrySetResult();
}
