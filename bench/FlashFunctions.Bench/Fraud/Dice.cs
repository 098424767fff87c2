namespace FlashFunctions.Bench.Fraud;

/// <summary>Numbers that look random and are the same for a seed (SplitMix64).</summary>
internal sealed class Dice(int seed)
{
    private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15;

    /// <summary>0 to 1, 1 excluded.</summary>
    public double NextDouble()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>0 to <paramref name="most"/>, that excluded.</summary>
    public int Next(int most) => (int)(NextDouble() * most);

    /// <summary>From the one to the other, that excluded.</summary>
    public int Next(int least, int most) => least + Next(most - least);
}
