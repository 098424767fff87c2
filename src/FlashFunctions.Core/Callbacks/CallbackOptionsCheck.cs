using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Start-up refuses loopback callbacks in production, and ports that are none.</summary>
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
