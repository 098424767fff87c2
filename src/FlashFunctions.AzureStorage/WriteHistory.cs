using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// The ids of a row's last writes, newest first, in a property of their own. Each write puts a new random id before those that it
/// read; a writer whose answer was lost finds its id there if the write succeeded, even behind later writes of others.
/// </summary>
/// <remarks>
/// The ids of the row that was read travel in the ETag that the port hands out, after the service's own, since a caller that replaces
/// the row passes nothing else back.
/// </remarks>
internal sealed class WriteHistory
{
    public const string PropertyName = "WriteIds";

    /// <summary>
    /// Returned for a write that succeeded and was overwritten before its answer arrived: no row has this ETag, so the next
    /// conditional write loses its race and its caller reads again.
    /// </summary>
    public const string Overtaken = "overtaken";

    private const int Kept = 4;
    private const int IdLength = 12;
    private const string ServicePrefix = "W/";

    private readonly string[] _ids;

    private WriteHistory(string[] ids) => _ids = ids;

    public string Text => string.Join('.', _ids);

    private string Newest => _ids[0];

    public static WriteHistory Begin() => new([NewId()]);

    /// <summary>The next write over the version of that ETag.</summary>
    public static WriteHistory After(string etag)
    {
        var space = etag.LastIndexOf(' ');
        return new([NewId(), .. Split(space < 0 ? "" : etag[(space + 1)..]).Take(Kept - 1)]);
    }

    /// <summary>The ETag that the port hands out for a version.</summary>
    public static string ETagOf(ETag service, string? history) => $"{service} {history}";

    /// <summary>The service's part of an ETag, or null when it cannot be one of a row's.</summary>
    public static ETag? ServiceETag(string etag) =>
        etag.StartsWith(ServicePrefix, StringComparison.Ordinal) ? new ETag(etag.Split(' ', 2)[0]) : null;

    public string ETagAs(ETag service) => ETagOf(service, Text);

    /// <summary>
    /// What became of this write, according to the row as it is now: its ETag when it is the newest, <see cref="Overtaken"/> when others
    /// have written since, null when there is no trace of it.
    /// </summary>
    public string? FindIn(string? rowHistory, string rowETag) => Array.IndexOf(Split(rowHistory ?? ""), Newest) switch
    {
        0 => rowETag,
        > 0 => Overtaken,
        _ => null,
    };

    private static string[] Split(string ids) => ids.Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static string NewId() => RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
}

/// <summary>
/// How often an operation was sent. A conflict on the only try is with another caller; after a retry it may be with our own
/// first try, and only then is it worth checking.
/// </summary>
internal sealed class WriteTries
{
    private const string Property = "FlashFunctions.WriteTries";

    private int _count;

    public bool Repeated => Volatile.Read(ref _count) > 1;

    /// <summary>Counts what the current asynchronous flow sends until disposed.</summary>
    public IDisposable Watch() =>
        HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?>(StringComparer.Ordinal) { [Property] = this });

    public sealed class Policy : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.TryGetProperty(Property, out var value) && value is WriteTries tries)
            {
                Interlocked.Increment(ref tries._count);
            }
        }
    }
}
