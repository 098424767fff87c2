using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Accounts;

/// <summary>An account out of the configuration, for development alone.</summary>
public sealed class DevelopmentAccountOptions
{
    public const string Section = "DevelopmentAccount";

    /// <summary>Key id of its one token; absent: there is no such account.</summary>
    public string? KeyId { get; set; }

    /// <summary>Secret of its one token.</summary>
    public string? Secret { get; set; }
}

/// <summary>Refuses to start with a development account outside development.</summary>
public sealed class DevelopmentAccountOptionsCheck(DevelopmentMode development) : OptionsCheck<DevelopmentAccountOptions>
{
    protected override IEnumerable<string> MistakesIn(DevelopmentAccountOptions options) => options switch
    {
        { KeyId: null, Secret: null } => [],
        _ when !development.IsOn => ["DevelopmentAccount is for development: take it out of the settings."],
        { KeyId.Length: > 0, Secret.Length: > 0 } => [],
        _ => ["DevelopmentAccount needs both KeyId and Secret."],
    };
}

/// <summary>The account that development needs no store for.</summary>
public sealed class DevelopmentAccount(IOptions<DevelopmentAccountOptions> options)
{
    public const string Id = "development";

    private AccessToken? _token;

    public bool IsOn => options.Value.KeyId is not null;

    public Account Account { get; } = new()
    {
        Id = Id,
        Name = "Development",
        RatePerSecond = 10_000,
        CallbackSecrets = [WebhookSecret.Parse($"whsec_{DevelopmentKeys.Key}", null)],
    };

    /// <summary>Its token, if that is what the key id names.</summary>
    public AccessToken? Token(string keyId, TokenStore store) =>
        options.Value is { KeyId: { } own, Secret: { } secret } && own == keyId
            ? _token ??= new AccessToken { KeyId = own, Account = Id, SecretHash = store.HashOf(own, secret), MayTrust = true }
            : null;
}
