namespace FlashFunctions.Bench;

/// <summary>
/// Random numbers that a seed repeats (SplitMix64), for runs that must be repeatable; nothing secret comes of them. Safe for several
/// threads.
/// </summary>
internal sealed class Dice
{
    private readonly ulong _seed;
    private ulong _state;

    public Dice(ulong seed) => (_seed, _state) = (seed, seed);

    /// <summary>
    /// Dice of their own for one of many things that happen side by side: the order in which those happen does not change its rolls.
    /// </summary>
    public Dice For(int number) => new(Mix(_seed ^ Mix((ulong)number + 1)));

    /// <summary>0 to <paramref name="end"/>, which is left out.</summary>
    public int Below(int end) => (int)(Next() % (uint)end);

    /// <summary>From the first to the last, both included.</summary>
    public int From(int first, int last) => first + Below(last - first + 1);

    /// <summary>A length of time from the first to the last, in milliseconds.</summary>
    public TimeSpan Milliseconds(int first, int last) => TimeSpan.FromMilliseconds(From(first, last));

    /// <summary>True so many times in a hundred.</summary>
    public bool Percent(int share) => Below(100) < share;

    /// <summary>One of those.</summary>
    public T Of<T>(IReadOnlyList<T> all) => all[Below(all.Count)];

    /// <summary>So many digits.</summary>
    public string Digits(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + Below(10))));

    /// <summary>Any 64 bits.</summary>
    public ulong Next() => Mix(Interlocked.Add(ref _state, 0x9E3779B97F4A7C15));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
