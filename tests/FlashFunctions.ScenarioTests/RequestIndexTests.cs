using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Every request is found by its number and by its account and hour, whatever failed while it was made.</summary>
public sealed class RequestIndexTests : IAsyncLifetime
{
    private const string Insert = $"{TableNames.Index}.Insert";
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(services: _journal.Attach);
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task What_is_sent_and_what_is_asked_about_a_number_is_found_by_it_in_every_account_the_newest_first()
    {
        using var shop = await _service.AddAccountAsync("shop");
        var verification = await _service.VerifyAsync(Phones.Ordinary);
        _service.Clock.Advance(TimeSpan.FromHours(1));
        var sms = (await _service.PostAsync("/v1/sms", $$"""{"number":"{{Phones.Ordinary}}","text":"Hello"}""", shop)).Text("requestId");
        _service.Clock.Advance(TimeSpan.FromSeconds(1));
        var asked = (await _service.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Phones.Ordinary}}"}""")).Text("id");
        await _service.VerifyAsync(Phones.Of(2));
        await _service.PumpAsync();

        Assert.Equal([asked, sms, verification], (await OfNumberAsync()).Select(entry => entry.Request.Text));
        Assert.Equal(["development", "shop", "development"], (await OfNumberAsync()).Select(entry => entry.Account));
        Assert.Equal([sms], (await OfAccountAsync("shop", hoursAgo: 0)).Select(entry => entry.Request.Text));
        Assert.Empty(await OfAccountAsync("shop", hoursAgo: 1));
        Assert.Equal([verification], (await OfAccountAsync("development", hoursAgo: 1)).Select(entry => entry.Request.Text));
    }

    [Fact]
    public async Task Dispatch_notes_the_rows_with_a_write_that_it_does_anyway_and_the_timer_writes_none_again()
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "bird");
        Assert.False((await _service.StoredAsync(id)).IsIndexed);
        await _service.PumpAsync();
        Assert.True((await _service.StoredAsync(id)).IsIndexed);
        _journal.Clear();

        await ExpireAsync();

        Assert.DoesNotContain(_journal.Operations, operation => operation.ToString() == Insert);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_that_could_not_be_written_are_written_by_the_timer_and_the_request_is_accepted_all_the_same(bool dispatched)
    {
        _journal.Before = operation => operation.ToString() == Insert ? throw new StorageUnavailableException() : Task.CompletedTask;
        var id = await _service.VerifyAsync(Phones.Ordinary);
        _journal.Before = null;
        if (dispatched)
        {
            await _service.PumpAsync();
        }

        Assert.Empty(await OfNumberAsync());
        await ExpireAsync();

        Assert.Equal(id, Assert.Single(await OfNumberAsync()).Request.Text);
        var ofAccount = (await OfAccountAsync("development", hoursAgo: 0)).Concat(await OfAccountAsync("development", hoursAgo: 1));
        Assert.Equal(id, Assert.Single(ofAccount).Request.Text);
        Assert.True((await _service.StoredAsync(id)).IsIndexed);
    }

    [Theory]
    [InlineData($"{TableNames.Requests}.Insert")]
    [InlineData(Insert)]
    public async Task A_request_whose_first_try_died_is_found_once_it_is_taken_up_again(string died)
    {
        _journal.KillAfter(operation => operation.ToString() == died);
        using var client = _service.NewClient(LocalHost.Service.ServiceHost.KeyId, LocalHost.Service.ServiceHost.Secret);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        var body = $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""";
        Assert.Equal(500, (await _service.PostAsync("/v1/verify", body, client)).Status);
        _journal.Revive();
        _service.Clock.Advance(TimeSpan.FromSeconds(20));

        var id = (await _service.PostAsync("/v1/verify", body, client)).Text("requestId");
        await _service.PumpAsync();

        Assert.Equal(id, Assert.Single(await OfNumberAsync()).Request.Text);
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
        Assert.True((await _service.StoredAsync(id)).IsIndexed);
    }

    private async Task ExpireAsync()
    {
        _service.Clock.Advance(TimeSpan.FromMinutes(7));
        await _service.SweepAsync();
    }

    private ValueTask<List<IndexEntry>> OfNumberAsync() => _service.Service<RequestIndex>()
        .OfNumberAsync(PhoneNumber.Parse(Phones.Ordinary, null), CancellationToken.None).ToListAsync();

    private ValueTask<List<IndexEntry>> OfAccountAsync(string account, int hoursAgo) => _service.Service<RequestIndex>()
        .OfAccountAsync(account, _service.Clock.GetUtcNow().AddHours(-hoursAgo), CancellationToken.None).ToListAsync();
}
