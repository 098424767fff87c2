using FlashFunctions.Core.Accounts;

namespace FlashFunctions.Tests.Accounts;

public sealed class SenderPolicyTests
{
    [Theory]
    [InlineData("Shop", true)]
    [InlineData("shop", false)]
    [InlineData("Shop ", false)]
    [InlineData("Bank", false)]
    [InlineData("+37253000001", true)]
    [InlineData("37253000001", true)]
    [InlineData("37253000002", false)]
    [InlineData("+", false)]
    [InlineData(null, true)]
    public void A_sender_is_one_of_the_accounts_or_refused(string? from, bool allowed)
    {
        var account = new Account { Id = "a", Senders = ["Shop", "+37253000001"] };

        var refusal = SenderPolicy.Refusal(account, from, "sender");

        Assert.Equal(allowed ? null : 16, refusal?.ErrorCode);
        Assert.Equal(allowed, refusal?.Details?.ContainsKey("sender") is not true);
    }

    [Fact]
    public void An_account_without_a_list_may_name_any_sender() =>
        Assert.Null(SenderPolicy.Refusal(new Account { Id = "a" }, "Anybody"));
}
