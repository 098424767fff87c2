using System.Globalization;
using System.Runtime.InteropServices;

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

    /// <summary>Returns when the process is asked to end.</summary>
    public static async Task WaitForEndAsync()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await end.Task;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.TrySetResult();
        }
    }

    public static void Greet(TextWriter output, SimulatorApp simulator)
    {
        output.WriteLine($"Simulated phones   {simulator.Address}");
        foreach (var provider in SimulatedProviders.All)
            output.WriteLine($"{provider,-18} {simulator.AddressOf(provider)}");
        output.WriteLine();
        output.WriteLine($"Unibell            X-Authorization: AccessKey {SimulatorDefaults.UnibellAccessKey}, appKey {SimulatorDefaults.UnibellAppKey}");
        output.WriteLine($"Revicom            Authorization: Basic {SimulatorDefaults.RevicomMessageToken}, conversions Bearer {SimulatorDefaults.RevicomConversionToken}");
        output.WriteLine($"Bird               Authorization: AccessKey {SimulatorDefaults.BirdAccessKey}, signing key {SimulatorDefaults.BirdSigningKey}");
        output.WriteLine($"                   workspace {SimulatorDefaults.BirdWorkspaceId}, channel {SimulatorDefaults.BirdChannelId}");
        output.WriteLine($"Lanck              user {SimulatorDefaults.LanckId}, password {SimulatorDefaults.LanckSecret}");
        output.WriteLine();
        output.WriteLine("The last two digits of a number choose what happens; 00 to 59 are ordinary:");
        foreach (var behaviour in SimulatedBehaviours.All)
            output.WriteLine($"  {behaviour.Ending:D2}  {behaviour.Name,-24} {behaviour.Meaning}");
    }
}
