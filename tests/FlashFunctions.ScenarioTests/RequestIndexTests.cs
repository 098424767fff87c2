using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Every request is found by its number and by its account and hour, whatever failed while it was made.</summary>
public sealed class RequestIndexTests : JournaledTests
{
    private const string Insert = $"{TableNames.Index}.Insert";

    [Fact]
    public async Task What_is_sent_and_what_is_asked_about_a_number_is_found_by_it_in_every_account_the_newest_first()
    {
        using var shop = await Service.AddAccountAsync("shop");
        var verification = await Service.VerifyAsync(Phones.Ordinary);
        Service.Clock.Advance(TimeSpan.FromHours(1));
        var sms = (await Service.PostAsync("/v1/sms", $$"""{"number":"{{Phones.Ordinary}}","text":"Hello"}""", shop)).Text("requestId");
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var asked = (await Service.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Phones.Ordinary}}"}""")).Text("id");
        await Service.VerifyAsync(Phones.Of(2));
        await Service.PumpAsync();

        Assert.Equal([asked, sms, verification], (await OfNumberAsync()).Select(entry => entry.Request.Text));
        Assert.Equal(["development", "shop", "development"], (await OfNumberAsync()).Select(entry => entry.Account));
        Assert.Equal([sms], (await OfAccountAsync("shop", hoursAgo: 0)).Select(entry => entry.Request.Text));
        Assert.Empty(await OfAccountAsync("shop", hoursAgo: 1));
        Assert.Equal([verification], (await OfAccountAsync("development", hoursAgo: 1)).Select(entry => entry.Request.Text));
    }

    [Fact]
    public async Task Dispatch_notes_the_rows_with_a_write_that_it_does_anyway_and_the_timer_writes_none_again()
    {
        var id = await Service.VerifyByAsync(Phones.Ordinary, "bird");
        Assert.False((await Service.StoredAsync(id)).IsIndexed);
        await Service.PumpAsync();
        Assert.True((await Service.StoredAsync(id)).IsIndexed);
        Journal.Clear();

        await ExpireAsync();

        Assert.DoesNotContain(Journal.Operations, operation => operation.ToString() == Insert);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_that_could_not_be_written_are_written_by_the_timer_and_the_request_is_accepted_all_the_same(bool dispatched)
    {
        Journal.Before = operation => operation.ToString() == Insert ? throw new StorageUnavailableException() : Task.CompletedTask;
        var id = await Service.VerifyAsync(Phones.Ordinary);
        Journal.Before = null;
        if (dispatched)
        {
            await Service.PumpAsync();
        }

        Assert.Empty(await OfNumberAsync());
        await ExpireAsync();

        Assert.Equal(id, Assert.Single(await OfNumberAsync()).Request.Text);
        var ofAccount = (await OfAccountAsync("development", hoursAgo: 0)).Concat(await OfAccountAsync("development", hoursAgo: 1));
        Assert.Equal(id, Assert.Single(ofAccount).Request.Text);
        Assert.True((await Service.StoredAsync(id)).IsIndexed);
    }

    [Theory]
    [InlineData($"{TableNames.Requests}.Insert")]
    [InlineData(Insert)]
    public async Task A_request_whose_first_try_died_is_found_once_it_is_taken_up_again(string died)
    {
        Journal.KillAfter(operation => operation.ToString() == died);
        using var client = Service.NewClient(LocalHost.Service.ServiceHost.KeyId, LocalHost.Service.ServiceHost.Secret);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        var body = $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""";
        Assert.Equal(500, (await Service.PostAsync("/v1/verify", body, client)).Status);
        Journal.Revive();
        Service.Clock.Advance(TimeSpan.FromSeconds(20));

        var id = (await Service.PostAsync("/v1/verify", body, client)).Text("requestId");
        await Service.PumpAsync();

        Assert.Equal(id, Assert.Single(await OfNumberAsync()).Request.Text);
        Assert.Equal(1, Service.CallsTo(Phones.Ordinary));
        Assert.True((await Service.StoredAsync(id)).IsIndexed);
    }

    private async Task ExpireAsync()
    {
        Service.Clock.Advance(TimeSpan.FromMinutes(7));
        await Service.SweepAsync();
    }

    private ValueTask<List<IndexEntry>> OfNumberAsync() => Service.Service<RequestIndex>()
        .OfNumberAsync(PhoneNumber.Parse(Phones.Ordinary, null), CancellationToken.None).ToListAsync();

    private ValueTask<List<IndexEntry>> OfAccountAsync(string account, int hoursAgo) => Service.Service<RequestIndex>()
        .OfAccountAsync(account, Service.Clock.GetUtcNow().AddHours(-hoursAgo), CancellationToken.None).ToListAsync();
}
