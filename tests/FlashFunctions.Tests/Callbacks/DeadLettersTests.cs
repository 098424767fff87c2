using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.Tests.Storage;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Callbacks;

public sealed class DeadLettersTests : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly DeadLetters _letters;

    public DeadLettersTests() => _letters = new DeadLetters(
        _store.Store.Table(TableNames.DeadLetters),
        _store.Store.WorkQueue(QueueNames.Dispatch),
        _store.Store.WorkQueue(QueueNames.Reports),
        _store.Store.WorkQueue(QueueNames.Callbacks),
        new SealedText(Options.Create(new SecurityOptions { ServiceKey = Convert.ToBase64String(new byte[32]) })),
        Options.Create(new SweepOptions { RetentionDays = 200 }),
        _store.Time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Pages_show_every_letter_once_the_latest_first_across_days(int pageSize)
    {
        var ids = new List<string>();
        for (var number = 0; number < 7; number++)
        {
            ids.Insert(0, await AddAsync("a", $"message {number}"));
            _store.Time.Advance(TimeSpan.FromHours(15));
        }

        var listed = new List<string>();
        string? after = null;
        do
        {
            var page = await _letters.ListAsync(null, after, pageSize, Cancel);
            listed.AddRange(page!.Items.Select(letter => letter.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(ids, listed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(61)]
    [InlineData(62)]
    [InlineData(199)]
    [InlineData(200)]
    public async Task The_list_reaches_as_far_back_as_letters_are_kept(int days)
    {
        var id = await AddAsync("a", "old");
        _store.Time.Advance(TimeSpan.FromDays(days));

        var listed = new List<string>();
        var pages = 0;
        for (string? after = null; pages == 0 || after is not null; pages++)
        {
            var page = await _letters.ListAsync(null, after, 10, Cancel);
            listed.AddRange(page!.Items.Select(letter => letter.Id));
            after = page.Next;
        }

        Assert.Equal([id], listed);
        Assert.InRange(pages, 1, 4);
    }

    [Fact]
    public async Task The_list_of_an_account_has_no_other_accounts_letters()
    {
        await AddAsync("a", "1");
        var own = await AddAsync("b", "2");

        Assert.Equal([own], (await _letters.ListAsync("b", null, 10, Cancel))!.Items.Select(letter => letter.Id));
    }

    [Fact]
    public async Task A_retry_sends_the_message_again_and_takes_it_off_the_list()
    {
        var id = await AddAsync("a", "the job");

        Assert.True(await _letters.RetryAsync(id, Cancel));

        Assert.Empty((await _letters.ListAsync(null, null, 10, Cancel))!.Items);
        Assert.False(await _letters.RetryAsync(id, Cancel));
        var message = Assert.Single(await _store.Store.Source.ReceiveAsync(QueueNames.Callbacks, 32, TimeSpan.FromMinutes(1), Cancel));
        Assert.Equal("the job", message.Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20260101-")]
    [InlineData("20260101-a/b")]
    [InlineData("no such id")]
    [InlineData("20260101-000000000000000-0000000000000000")]
    public async Task What_is_no_letters_id_is_not_retried(string id) => Assert.False(await _letters.RetryAsync(id, Cancel));

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("AAAA")]
    public async Task A_page_that_was_never_announced_is_not_shown(string after) =>
        Assert.Null(await _letters.ListAsync(null, after, 10, Cancel));

    [Fact]
    public async Task A_purged_day_is_gone_and_the_next_one_stays()
    {
        await AddAsync("a", "old");
        var day = DateOnly.FromDateTime(_store.Time.GetUtcNow().UtcDateTime);
        _store.Time.Advance(TimeSpan.FromDays(1));
        var kept = await AddAsync("a", "new");

        await _letters.PurgeAsync(day, Cancel);

        Assert.Equal([kept], (await _letters.ListAsync(null, null, 10, Cancel))!.Items.Select(letter => letter.Id));
    }

    private Task<string> AddAsync(string account, string message) => _letters.AddAsync(
        new DeadLetter
        {
            Account = account,
            Kind = "callback",
            Reason = "It was given up.",
            Queue = QueueNames.Callbacks,
            Message = message,
        },
        Cancel);
}
