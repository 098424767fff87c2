namespace FlashFunctions.Core.Storage;

/// <summary>A record and the version of it that was read.</summary>
public sealed record Stored<T>(T Value, string ETag);
