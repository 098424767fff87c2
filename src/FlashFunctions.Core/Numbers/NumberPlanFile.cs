using System.Collections.Concurrent;
using System.Text;

namespace FlashFunctions.Core.Numbers;

/// <summary>
/// The embedded number plan (see eng/number-plan). It is read within a cold start, so it stays bytes, of which only the places of the
/// calling codes are noted; the rest is made when a number first asks for it.
/// </summary>
internal sealed class NumberPlanFile
{
    private const int LongestCallingCode = 3;
    private readonly byte[] _text;
    private readonly Dictionary<string, int> _sections = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CallingCode> _codes = new(StringComparer.Ordinal);

    public NumberPlanFile()
    {
        using var stream = typeof(NumberPlanFile).Assembly.GetManifestResourceStream("number-plan.txt")!;
        _text = new byte[stream.Length];
        stream.ReadExactly(_text);

        for (var start = NextSection(0); start < _text.Length; start = NextSection(start))
        {
            var line = _text.AsSpan(start);
            _sections[Encoding.ASCII.GetString(line[1..line.IndexOf((byte)'\t')])] = start;
        }
    }

    /// <summary>The calling code that the digits begin with, or null when there is none. No code begins with another.</summary>
    public CallingCode? Find(ReadOnlySpan<char> digits)
    {
        for (var length = 1; length <= Math.Min(LongestCallingCode, digits.Length); length++)
        {
            var code = digits[..length].ToString();
            if (_sections.TryGetValue(code, out var section))
            {
                return _codes.TryGetValue(code, out var made) ? made : _codes.GetOrAdd(code, Make(section));
            }
        }

        return null;
    }

    private CallingCode Make(int start)
    {
        var section = Encoding.ASCII.GetString(_text.AsSpan(start..NextSection(start)));
        var lines = section.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new CallingCode(lines[0], lines.AsSpan(1));
    }

    private int NextSection(int from)
    {
        var distance = _text.AsSpan(from).IndexOf("\n+"u8);
        return distance < 0 ? _text.Length : from + distance + 1;
    }
}
