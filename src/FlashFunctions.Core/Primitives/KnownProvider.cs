namespace FlashFunctions.Core.Primitives;

/// <summary>The name of a provider that this service could use, configured or not.</summary>
public sealed record KnownProvider(string Name);
