using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Requests;

/// <summary>The table of requests. The columns beside the document are for people who look at the table.</summary>
public sealed class RequestStore([FromKeyedServices(TableNames.Requests)] ITable table, KeptTexts texts)
{
    private const int PageSize = 1_000;
    private const string AttendAt = "AttendAt";
    private const string TextUnusedSince = "TextUnusedSince";

    private static readonly RowFormat<RequestRecord> Json = RowFormat.Json(RequestJson.Default.RequestRecord);

    private readonly RowFormat<RequestRecord> _format = new(
        request => [.. Beside(request), .. Json.Columns(texts.Seal(request))], row => texts.Open(Json.Read(row)));

    /// <summary>
    /// What a request may grow by after it was accepted, in bytes: twenty-five attempts at 1,400 characters and a hundred callbacks at 950
    /// each. Their texts are ours or bounded.
    /// </summary>
    private const int RoomToGrow = 256 * 1024;

    /// <summary>Everything else that a caller gives is in the payload too, and a character takes at most six where it is kept.</summary>
    private const int PayloadThatFits = 10_000;

    /// <summary>Whether a new request and whatever becomes of it fit into a row.</summary>
    public bool Fits(RequestRecord request) =>
        request.Payload.Sum(parameter => parameter.Value.Length) <= PayloadThatFits
        || RowLimits.SizeOf(ToRow(request, null)) + RoomToGrow <= RowLimits.RowBytes;

    /// <summary>Stores a new request. Returns its ETag, or null when the id is taken.</summary>
    public Task<string?> InsertAsync(RequestRecord request, CancellationToken cancellationToken) =>
        table.InsertAsync(ToRow(request, null), cancellationToken);

    public Task<Stored<RequestRecord>?> ReadAsync(RequestId id, CancellationToken cancellationToken) =>
        table.ReadAsync(_format, TableKeys.Request(id), cancellationToken);

    /// <summary>A request that an account names by its id; null for the account: of any, for operators.</summary>
    public async Task<Result<Stored<RequestRecord>>> FindAsync(string? account, string requestId, CancellationToken cancellationToken)
    {
        if (!RequestId.TryParse(requestId, null, out var id) || await ReadAsync(id, cancellationToken) is not { } stored)
        {
            return Problem.RequestNotFound;
        }

        return account is null || stored.Value.Account == account ? stored : Problem.RequestOfAnother;
    }

    public async Task<Result<Stored<RequestRecord>>> FindVerificationAsync(
        string account, string requestId, CancellationToken cancellationToken)
    {
        var found = await FindAsync(account, requestId, cancellationToken);
        return found.TryGet(out var stored, out _) && stored.Value.Verification is null ? Problem.RequestNotFound : found;
    }

    /// <summary>Saves a changed request if nobody else has since. Null when the race is lost.</summary>
    public Task<string?> ReplaceAsync(RequestRecord request, string etag, CancellationToken cancellationToken) =>
        table.ReplaceAsync(ToRow(request, etag), cancellationToken);

    /// <summary>
    /// One page of a shard's requests that are due in a range of minutes, both included, in the order of those minutes. They come as rows,
    /// so that one which cannot be read does not take the others with it: <see cref="Read"/>.
    /// </summary>
    public Task<RowPage> QueryAsync(int shard, long first, long last, string? continuation, CancellationToken cancellationToken) =>
        QueryAsync(shard, first, last, null, continuation, cancellationToken);

    /// <summary>
    /// One page of a shard's requests, due from a quarter of an hour ago on, to which nothing has happened by the time that it should have.
    /// </summary>
    public Task<RowPage> QueryStalledAsync(int shard, DateTimeOffset now, string? continuation, CancellationToken cancellationToken)
    {
        var since = TableKeys.Minute(now - Deadlines.Reach);
        var late = new AtMost(AttendAt, now.ToUnixTimeMilliseconds());
        return QueryAsync(shard, since, TableKeys.LastMinute, late, continuation, cancellationToken);
    }

    /// <summary>
    /// One page of a shard's requests that are due in a range of minutes and have texts which have not been needed since that time.
    /// </summary>
    public Task<RowPage> QueryTextsAsync(
        int shard, (long First, long Last) minutes, DateTimeOffset since, string? continuation, CancellationToken cancellationToken)
    {
        var unused = new AtMost(TextUnusedSince, since.ToUnixTimeMilliseconds());
        return QueryAsync(shard, minutes.First, minutes.Last, unused, continuation, cancellationToken);
    }

    private Task<RowPage> QueryAsync(
        int shard, long first, long last, AtMost? atMost, string? continuation, CancellationToken cancellationToken) =>
        table.QueryAsync(
            new PartitionRange(TableKeys.RequestPartition(shard, first), TableKeys.RequestPartition(shard, last), atMost),
            continuation,
            PageSize,
            cancellationToken);

    public Task DeleteAsync(string partition, IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        table.DeleteBatchAsync(partition, ids, cancellationToken);

    /// <summary>The request of a row.</summary>
    /// <exception cref="JsonException">It cannot be read.</exception>
    public Stored<RequestRecord> Read(Row row) =>
        new(_format.Read(row), row.ETag!);

    private static (string Name, object? Value)[] Beside(RequestRecord request) =>
    [
        (AttendAt, Deadlines.Earliest(request)?.ToUnixTimeMilliseconds()),
        (TextUnusedSince, KeptTexts.UnusedSince(request)?.ToUnixTimeMilliseconds()),
        ("Account", request.Account),
        ("Product", request.Product),
        ("Status", request.Status.ToString()),
        ("Result", request.Verification?.Result.ToString()),
    ];

    private Row ToRow(RequestRecord request, string? etag) => _format.ToRow(TableKeys.Request(request.Id), request, etag);
}

/// <summary>How requests, test numbers and step jobs are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    Converters = [typeof(RequestIdConverter), typeof(PhoneNumberConverter)])]
[JsonSerializable(typeof(RequestRecord))]
[JsonSerializable(typeof(StepJob))]
[JsonSerializable(typeof(TestNumber))]
internal sealed partial class RequestJson : JsonSerializerContext;

internal sealed class RequestIdConverter : JsonConverter<RequestId>
{
    public override RequestId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RequestId.Parse(reader.GetString()!, null);

    public override void Write(Utf8JsonWriter writer, RequestId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text);
}

internal sealed class PhoneNumberConverter : JsonConverter<PhoneNumber>
{
    public override PhoneNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        PhoneNumber.Parse(reader.GetString()!, null);

    public override void Write(Utf8JsonWriter writer, PhoneNumber value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.E164);
}
