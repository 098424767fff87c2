namespace FlashFunctions.Simulator;

/// <summary>How a callback is repeated until it gets a 2xx.</summary>
/// <param name="Tries">At most so many; null: as the limits say.</param>
/// <param name="Longest">The longest pause between two tries.</param>
/// <param name="For">For how long after the first try.</param>
internal sealed record RetryPlan(int? Tries, TimeSpan Longest, TimeSpan For)
{
    /// <summary>Delivery reports: a few times.</summary>
    public static RetryPlan Callback { get; } = new(null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    /// <summary>Inbound messages: for 24 hours, as Lanck's document says; bounded to 200 tries.</summary>
    public static RetryPlan InboundSms { get; } = new(200, TimeSpan.FromMinutes(10), TimeSpan.FromHours(24));

    /// <summary>The pause after a try, or null when it was the last.</summary>
    /// <param name="tried">Tries so far.</param>
    /// <param name="first">The pause after the first try.</param>
    /// <param name="tries">Tries where the plan names none.</param>
    /// <param name="since">Time since the first try.</param>
    public TimeSpan? After(int tried, TimeSpan first, int tries, TimeSpan since)
    {
        if (tried >= (Tries ?? tries))
            return null;
        var pause = TimeSpan.FromTicks(Math.Min(Longest.Ticks, first.Ticks << Math.Min(tried - 1, 20)));
        return since + pause > For ? null : pause;
    }
}
