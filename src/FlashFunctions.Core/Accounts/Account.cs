namespace FlashFunctions.Core.Accounts;

/// <summary>A calling backend.</summary>
public sealed record Account
{
    public required string Id { get; init; }

    public bool IsActive { get; init; } = true;

    /// <summary>Calls a second, all of them counted: 1 to 100,000, default 30.</summary>
    public int RatePerSecond { get; init; } = 30;
}

/// <summary>A token of an account; its secret is kept as a keyed hash.</summary>
public sealed record AccessToken
{
    public required string KeyId { get; init; }

    public required string Account { get; init; }

    public required string SecretHash { get; init; }

    public bool IsActive { get; init; } = true;
}
