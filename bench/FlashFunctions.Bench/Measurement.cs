namespace FlashFunctions.Bench;

/// <summary>What one phase took: each call in milliseconds, how many answers were bad, and the whole.</summary>
internal sealed record Measurement(double[] Milliseconds, int Bad, TimeSpan Elapsed)
{
    /// <summary>A line of it.</summary>
    public string Describe(string what)
    {
        Array.Sort(Milliseconds);
        return $"{what,-9} {Milliseconds.Length / Elapsed.TotalSeconds,8:F0}/s   p50 {At(0.50):F1} ms   "
            + $"p95 {At(0.95):F1} ms   p99 {At(0.99):F1} ms   {Bad} bad answers";
    }

    private double At(double share) => Milliseconds[Math.Min(Milliseconds.Length - 1, (int)(Milliseconds.Length * share))];
}
