using System.Globalization;
using System.Net;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Settings of our calls to the accounts' callback addresses.</summary>
public sealed class CallbackOptions
{
    public const string Section = "Callbacks";

    /// <summary>
    /// Allows callback addresses on this machine, and http to them; nothing else that is not public. For development: a start in
    /// production is refused. Default: false.
    /// </summary>
    public bool AllowLoopback { get; set; }

    /// <summary>
    /// The ports besides 443 that a callback address may have, separated by commas: 1 to 65535. On loopback, where that is allowed, any
    /// port is accepted. Default: none.
    /// </summary>
    public string AllowedPorts { get; set; } = "";

    /// <summary>443 and the ports of <see cref="AllowedPorts"/>; null where that is not a list of ports.</summary>
    internal int[]? Ports()
    {
        int[] ports =
        [
            443,
            .. AllowedPorts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0),
        ];
        return ports.All(port => port is >= 1 and <= IPEndPoint.MaxPort) ? [.. ports.Distinct()] : null;
    }
}

/// <summary>Refuses to start with loopback callbacks in production, or with ports that are not ports.</summary>
public sealed class CallbackOptionsCheck(DevelopmentMode development) : OptionsCheck<CallbackOptions>
{
    protected override IEnumerable<string> MistakesIn(CallbackOptions options)
    {
        if (options.AllowLoopback && development.IsProduction)
        {
            yield return "Callbacks:AllowLoopback is for development and must be off in production.";
        }

        if (options.Ports() is null)
        {
            yield return "Callbacks:AllowedPorts must be ports from 1 to 65535, separated by commas.";
        }
    }
}
