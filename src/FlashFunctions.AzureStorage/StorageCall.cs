using Azure;
using Azure.Identity;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzureStorage;

/// <summary>One operation on the store, retries included: bounded in time, its failures told in the port's words.</summary>
internal sealed class StorageCall(TimeSpan deadline, TimeProvider time)
{
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await operation(linked.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && Describe(e) is { } reason)
        {
            throw new StorageUnavailableException(reason, e);
        }
    }

    private static string? Describe(Exception exception) => exception switch
    {
        RequestFailedException e => Describe(e),
        AggregateException => "The store could not be reached.",
        OperationCanceledException => "The store took too long to answer.",
        IOException => "The store's answer broke off.",
        AuthenticationFailedException => "No token for the store could be had.",
        _ => null,
    };

    // Any other refusal is a bug, and no reason to try again.
    private static string? Describe(RequestFailedException exception) => exception.Status switch
    {
        0 => "The store could not be reached.",
        401 or 403 => $"The store refused the identity or key ({exception.Status}, {exception.ErrorCode}).",
        404 => $"The table or queue does not exist ({exception.ErrorCode}).",
        408 or 409 or 429 or >= 500 => $"The store is unavailable ({exception.Status}, {exception.ErrorCode}).",
        _ => null,
    };
}
