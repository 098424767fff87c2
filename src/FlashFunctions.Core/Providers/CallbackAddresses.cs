using System.Globalization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers;

/// <summary>
/// The address that a provider calls back for one attempt: <c>{public}/webhooks/{provider}/{requestId}/{attempt}/{token}</c>,
/// where the token is a keyed hash over all three. Revicom and Lanck take an address per message.
/// </summary>
public sealed class CallbackAddresses(IOptions<ServiceOptions> service, ServiceKey key)
{
    /// <summary>The address to hand to the provider with an attempt.</summary>
    public string For(string provider, AttemptKey attempt)
    {
        var number = attempt.Number.ToString(CultureInfo.InvariantCulture);
        return $"{service.Value.PublicAddress.TrimEnd('/')}/webhooks/{provider}/{attempt.RequestId}/{number}/{Token(provider, attempt.RequestId, number)}";
    }

    /// <summary>The attempt that a webhook's path names, or null when the token is not ours.</summary>
    /// <param name="provider">The provider whose webhook it is.</param>
    /// <param name="path">What follows <c>/webhooks/{provider}/</c>.</param>
    public AttemptKey? Read(string provider, string path)
    {
        var parts = path.Split('/');
        return parts.Length == 3
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && key.Matches(parts[2], "callback", provider, parts[0], parts[1])
            ? new AttemptKey(parts[0], number)
            : null;
    }

    private string Token(string provider, string requestId, string number) => key.Hash("callback", provider, requestId, number);
}
