using System.Globalization;
using System.Runtime.InteropServices;

namespace FlashFunctions.Simulator;

/// <summary>What is left of a phone when its history has been dropped.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PhoneTally(int Calls, int Messages, int Arrived, long LastCaller)
{
    public PhoneTally With(SimulatedCall placed)
    {
        var isCall = placed.Kind is SimulatedCallKind.FlashCall or SimulatedCallKind.SpokenCall;
        return new PhoneTally(
            Calls + (isCall ? 1 : 0),
            Messages + (isCall ? 0 : 1),
            Arrived + (placed.Arrived ? 1 : 0),
            isCall && placed.Arrived && long.TryParse(placed.From, NumberStyles.None, CultureInfo.InvariantCulture, out var from) ? from : LastCaller);
    }
}
