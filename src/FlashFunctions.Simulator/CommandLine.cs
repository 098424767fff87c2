using System.Globalization;
using FlashFunctions.Simulator.Behaviours;

namespace FlashFunctions.Simulator;

/// <summary>What the simulator reads and prints when it is started alone.</summary>
internal static class CommandLine
{
    public static bool TryRead(string[] args, out int port)
    {
        port = SimulatorDefaults.Port;
        return args switch
        {
            [] => true,
            ["--port", var given] => int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535,
            _ => false,
        };
    }

    public static void Greet(TextWriter output, SimulatorApp simulator)
    {
        output.WriteLine($"Simulated phones   {simulator.Address}");
        foreach (var provider in SimulatedProvider.All)
            output.WriteLine($"{provider,-18} {simulator.AddressOf(provider)}");
        output.WriteLine();
        output.WriteLine($"Unibell            X-Authorization: AccessKey {SimulatorDefaults.UnibellAccessKey}, appKey {SimulatorDefaults.UnibellAppKey}");
        output.WriteLine($"Revicom            Authorization: Basic {SimulatorDefaults.RevicomMessageToken}, conversions Bearer {SimulatorDefaults.RevicomConversionToken}");
        output.WriteLine($"Bird               Authorization: AccessKey {SimulatorDefaults.BirdAccessKey}, signing key {SimulatorDefaults.BirdSigningKey}");
        output.WriteLine($"                   workspace {SimulatorDefaults.BirdWorkspaceId}, channel {SimulatorDefaults.BirdChannelId}");
        output.WriteLine($"Lanck              user {SimulatorDefaults.LanckId}, password {SimulatorDefaults.LanckSecret}");
        output.WriteLine();
        output.WriteLine("The last two digits of a number choose what happens; 00 to 59 are ordinary:");
        foreach (var behaviour in BehaviourTable.All)
            output.WriteLine($"  {behaviour.Ending:D2}  {behaviour.Name,-24} {behaviour.Meaning}");
    }
}
