using System.Security.Cryptography;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.Tests.Storage;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Accounts;

public sealed class AccountStoreTests : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly AccountStore _accounts;
    private readonly OwnedNumbers _numbers;

    public AccountStoreTests()
    {
        _accounts = new AccountStore(_store.Store.Table(TableNames.Accounts), new SealedText(Keys("a")));
        _numbers = new OwnedNumbers(_store.Store.Table(TableNames.Accounts), new ServiceKey(Keys("a")));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(100, 500, true)]
    [InlineData(1_000, 500, false)]
    [InlineData(100, 2_000, false)]
    public void An_account_fits_its_row_up_to_what_a_property_holds(
        int senders, int numbers, bool fits) => Assert.Equal(fits, AccountStore.Fits(new Account
        {
            Id = "shop",
            Senders = [.. Enumerable.Repeat(new string('ж', 32), senders)],
            Numbers = [.. Enumerable.Repeat("+491234567890123", numbers)],
        }));

    [Fact]
    public async Task An_account_is_read_as_it_was_added_with_its_secrets()
    {
        var account = new Account
        {
            Id = "shop",
            Name = "The shop",
            IsActive = false,
            CreatedAt = _store.Time.GetUtcNow(),
            RatePerSecond = 5,
            Senders = ["Shop"],
            DailyCap = new SpendCap(12.345678m, "EUR"),
            CallbackSecrets = [WebhookSecret.Generate(), WebhookSecret.Generate()],
            Workflow =
            [
                new WorkflowStep(Channel.Call, "bird", TimeSpan.FromSeconds(20)),
                new WorkflowStep(Channel.Sms, Condition: StepCondition.Delivered)
            ],
            Numbers = ["+37253000001"],
            InboundSmsAddress = "https://shop.example/sms",
            KeyIds = ["k1"],
        };

        Assert.True(await _accounts.AddAsync(account, Cancel));
        Assert.False(await _accounts.AddAsync(account, Cancel));

        var read = await _accounts.ReadAsync("shop", Cancel);
        Assert.Equivalent(account with { CallbackSecrets = [] }, read! with { CallbackSecrets = [] }, strict: true);
        Assert.Equal(account.CallbackSecrets.Select(secret => secret.Reveal()), read.CallbackSecrets.Select(secret => secret.Reveal()));
    }

    [Fact]
    public async Task A_callback_secret_stands_nowhere_in_the_table_as_it_is()
    {
        var secret = WebhookSecret.Generate();
        await _accounts.AddAsync(new Account { Id = "shop", CallbackSecrets = [secret] }, Cancel);

        var row = await _store.Store.Table(TableNames.Accounts).ReadAsync(new("account", "shop"), Cancel);

        Assert.NotEmpty(row!.Properties);
        Assert.DoesNotContain(
            row.Properties.Values.OfType<string>(), text => text.Contains(secret.Reveal()["whsec_".Length..], StringComparison.Ordinal));
    }

    [Fact]
    public void A_sealed_text_opens_for_its_owner_and_under_its_key_only()
    {
        var sealing = new SealedText(Keys("a"));
        var sealedText = sealing.Seal("shop", "secret");

        Assert.Equal("secret", sealing.Open("shop", sealedText));
        Assert.ThrowsAny<CryptographicException>(() => sealing.Open("other", sealedText));
        Assert.ThrowsAny<CryptographicException>(() => new SealedText(Keys("b")).Open("shop", sealedText));
    }

    [Fact]
    public async Task Changes_at_once_are_all_made()
    {
        await _accounts.AddAsync(new Account { Id = "shop" }, Cancel);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(number =>
            _accounts.UpdateAsync("shop", account => account with { KeyIds = [.. account.KeyIds, $"k{number}"] }, Cancel)));

        Assert.Equal(5, (await _accounts.ReadAsync("shop", Cancel))!.KeyIds.Count);
    }

    [Fact]
    public async Task Accounts_are_listed_by_id_and_owned_numbers_are_no_accounts()
    {
        await _accounts.AddAsync(new Account { Id = "b" }, Cancel);
        await _accounts.AddAsync(new Account { Id = "a" }, Cancel);
        await _numbers.ClaimAsync("a", "+37253000001", Cancel);

        Assert.Equal(["a", "b"], (await _accounts.ListAsync(Cancel)).Select(account => account.Id));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("a?")]
    public async Task What_can_be_no_id_is_no_account(string id)
    {
        Assert.Null(await _accounts.ReadAsync(id, Cancel));
        Assert.Null(await _accounts.UpdateAsync(id, account => account, Cancel));
    }

    [Fact]
    public async Task A_number_belongs_to_one_account_until_that_gives_it_up()
    {
        Assert.True(await _numbers.ClaimAsync("a", "+37253000001", Cancel));
        Assert.True(await _numbers.ClaimAsync("a", "+37253000001", Cancel));
        Assert.False(await _numbers.ClaimAsync("b", "+37253000001", Cancel));
        await _numbers.ReleaseAsync("b", "+37253000001", Cancel);
        Assert.Equal("a", await _numbers.OwnerOfAsync("37253000001", Cancel));

        await _numbers.ReleaseAsync("a", "+37253000001", Cancel);

        Assert.Null(await _numbers.OwnerOfAsync("+37253000001", Cancel));
        Assert.True(await _numbers.ClaimAsync("b", "+37253000001", Cancel));
    }

    private static IOptions<SecurityOptions> Keys(string key) => Options.Create(new SecurityOptions
    {
        ServiceKey = Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(key))),
    });
}
