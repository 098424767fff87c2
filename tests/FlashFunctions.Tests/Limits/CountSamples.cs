using FlashFunctions.Core.Limits;

namespace FlashFunctions.Tests.Limits;

/// <summary>What may have been counted, for the tests of the rules that count.</summary>
internal static class CountSamples
{
    /// <summary>12:30 of a day.</summary>
    public static readonly DateTimeOffset Now = new(2026, 5, 20, 12, 30, 0, TimeSpan.Zero);

    public static readonly long Minute = Now.ToUnixTimeSeconds() / 60;

    public static FraudSlot Slot(int minutesAgo, long sends, long verified = 0) =>
        new() { Start = Minute - minutesAgo, Sends = sends, Verified = verified };

    /// <summary>Sends some minutes ago.</summary>
    public static FraudCounts Sends(long sends, long verified = 0) =>
        new() { Slots = [new FraudSlot { Start = Minute - 10, Sends = sends, Verified = verified }] };

    public static FraudCounts Checks(int wrong, int checks) =>
        new() { Slots = [new FraudSlot { Start = Minute, Checks = checks, Wrong = wrong }] };

    public static FraudCounts Marks(params string[] values) =>
        new() { Marks = [.. values.Select(value => new FraudMark(value, Minute - 1))] };

    public static FraudCounts With(FraudCounts counts, FraudSlot slot) => counts with { Slots = [.. counts.Slots, slot] };
}
