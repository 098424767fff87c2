using System.Globalization;
using System.Net;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

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
        var ports = new List<int> { 443 };
        foreach (var text in AllowedPorts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > IPEndPoint.MaxPort)
            {
                return null;
            }

            ports.Add(port);
        }

        return [.. ports.Distinct()];
    }
}

/// <summary>Refuses to start with loopback callbacks in production, or with ports that are not ports.</summary>
public sealed class CallbackOptionsCheck(DevelopmentMode development) : IValidateOptions<CallbackOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CallbackOptions options) =>
        options.AllowLoopback && development.IsProduction
            ? ValidateOptionsResult.Fail("Callbacks:AllowLoopback is for development and must be off in production.")
            : options.Ports() is null
                ? ValidateOptionsResult.Fail("Callbacks:AllowedPorts must be ports from 1 to 65535, separated by commas.")
                : ValidateOptionsResult.Success;
}
