using System.Globalization;

namespace FlashFunctions.Simulator;

/// <summary>A phone at one moment.</summary>
/// <param name="Number">The phone, with its plus.</param>
/// <param name="Calls">Calls placed to it, whether or not they rang.</param>
/// <param name="Messages">Messages sent to it, whether or not they arrived.</param>
/// <param name="Arrived">Calls that rang and messages that were shown.</param>
/// <param name="Ringing">The caller number that is ringing now, E.164 digits, or null.</param>
/// <param name="LastCaller">The number that rang last, E.164 digits, or null.</param>
/// <param name="History">The last calls and messages, oldest first; empty where they have been dropped to bound memory.</param>
public sealed record SimulatedPhone(
    string Number, int Calls, int Messages, int Arrived, string? Ringing, string? LastCaller, IReadOnlyList<SimulatedCall> History)
{
    internal static SimulatedPhone Of(string number, PhoneTally tally, string? ringing, IReadOnlyList<SimulatedCall> history) => new(
        "+" + number,
        tally.Calls,
        tally.Messages,
        tally.Arrived,
        ringing,
        tally.LastCaller == 0 ? null : tally.LastCaller.ToString(CultureInfo.InvariantCulture),
        history);
}
