using System.Globalization;
using System.Text.Json;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>GET /manage/callbacks/failing: who does not take what is sent to them, without a scan.</summary>
public sealed class FailingReceiverTests : IAsyncLifetime
{
    private static readonly string Unibell = Steps.CallsBy("unibell");
    private readonly Journal _journal = new();
    private ManagedService _managed = null!;
    private Receiver _receiver = null!;

    private TestService Service => _managed.Service;

    private IEnumerable<string> Noted =>
        _journal.Storage.Where(operation => operation.StartsWith(TableNames.DeadLetters, StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        _managed = await ManagedService.StartAsync(_journal.Attach);
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _managed.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_receiver_is_listed_from_its_first_failure_until_it_takes_something()
    {
        _receiver.AnswerWith(503);
        var began = Service.Clock.GetUtcNow();
        await Service.VerifyAsync(_receiver, Unibell);
        await Service.PumpAsync();

        var first = Assert.Single(await ListAsync());
        Assert.Equal(
            ("development", "HTTP 503.", 1), (first.Text("account"), first.Text("lastFailure"), first.Number("tries")));
        Assert.Equal(new Uri(_receiver.Address).Authority, first.Text("host"));
        Assert.InRange(first.Number("nextTryAt") - first.Number("lastTryAt"), 5_000, 6_000);

        await Service.PassAsync(TimeSpan.FromSeconds(6));
        var second = Assert.Single(await ListAsync());
        Assert.Equal((first.Number("since"), 2), (second.Number("since"), second.Number("tries")));
        Assert.InRange(second.Number("since"), began.ToUnixTimeMilliseconds(), began.AddSeconds(10).ToUnixTimeMilliseconds());
        Assert.True(second.Number("lastTryAt") > first.Number("lastTryAt"));

        _receiver.AnswerWith(204);
        await Service.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_callback_that_is_taken_costs_nothing_unless_its_receiver_was_failing()
    {
        await Service.VerifyAsync(_receiver, Unibell);
        await Service.PumpAsync();
        Assert.NotEmpty(_receiver.All);
        Assert.Empty(Noted);

        _receiver.AnswerWith(500);
        await Service.VerifyAsync(_receiver, Unibell, "+37253000002");
        await Service.PumpAsync();
        Assert.Equal(["DeadLetters.Read", "DeadLetters.Insert"], Noted);

        _journal.Clear();
        _receiver.AnswerWith(200);
        await Service.PassAsync(TimeSpan.FromSeconds(6));
        Assert.Equal("DeadLetters.Delete", Noted.First());
        Assert.Single(Noted);
    }

    [Fact]
    public async Task A_receiver_that_is_given_up_is_listed_without_a_next_try_for_a_day()
    {
        _receiver.AnswerWith(500);
        await Service.VerifyAsync(_receiver, Unibell);
        await Service.PumpAsync();
        foreach (var minutes in (double[])[0.2, 6, 34, 140, 340, 680])
        {
            await Service.PassAsync(TimeSpan.FromMinutes(minutes));
        }

        // The status that came next is still being tried; the first one's dead letter is there.
        var listed = Assert.Single(await ListAsync());
        Assert.NotEmpty((await _managed.GetAsync("dead-letters")).Json.GetProperty("deadLetters").EnumerateArray());
        Assert.Equal("HTTP 500.", listed.Text("lastFailure"));
        await Service.PassAsync(TimeSpan.FromDays(4));
        foreach (var _ in Enumerable.Range(0, 12))
        {
            await Service.PassAsync(TimeSpan.FromHours(12));
        }

        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task One_that_wants_no_more_is_not_listed_and_the_overview_and_the_CLI_show_the_rest()
    {
        await using var gone = await Receiver.StartAsync();
        gone.AnswerWith(410);
        _receiver.AnswerWith(500);
        await Service.VerifyAsync(gone, Unibell, "+37253000002");
        await Service.VerifyAsync(_receiver, Unibell);
        await Service.PumpAsync();

        var host = new Uri(_receiver.Address).Authority;
        Assert.Equal(host, Assert.Single(await ListAsync()).Text("host"));
        Assert.Empty(await ListAsync("?account=shop"));
        Assert.Single(await ListAsync("?account=development"));
        var overview = (await _managed.GetAsync("overview")).Json.GetProperty("failingReceivers");
        Assert.Equal(host, new Found(Assert.Single(overview.EnumerateArray())).Text("host"));
        var shown = await CliRun.OfAsync(_managed, "callbacks", "failing");
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $@"development +{host} .*HTTP 500\. +1"), shown.Out);
        Assert.Contains($"development {host}: HTTP 500.", (await CliRun.OfAsync(_managed, "overview")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_leads_to_the_next_and_a_made_up_beginning_is_refused()
    {
        await using var other = await Receiver.StartAsync();
        other.AnswerWith(500);
        _receiver.AnswerWith(500);
        await Service.VerifyAsync(other, Unibell, "+37253000002");
        await Service.VerifyAsync(_receiver, Unibell);
        await Service.PumpAsync();

        var first = (await _managed.GetAsync("callbacks/failing?limit=1")).Json;
        var next = Uri.EscapeDataString(first.GetProperty("next").GetString()!);
        var second = (await _managed.GetAsync($"callbacks/failing?limit=1&after={next}")).Json;
        var refused = await _managed.GetAsync("callbacks/failing?after=nothing");

        Assert.Equal(
            2,
            first.GetProperty("receivers").EnumerateArray().Concat(second.GetProperty("receivers").EnumerateArray())
                .Select(receiver => new Found(receiver).Text("host")).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal((400, 10), (refused.Status, refused.ErrorCode));
        Assert.Contains("after", refused.Body, StringComparison.Ordinal);
        Assert.True((await _managed.GetAsync("callbacks/failing?account=No%20Account")).Names("account"));
    }

    [Fact]
    public async Task Where_the_store_does_not_take_it_callbacks_are_delivered_as_ever()
    {
        _receiver.AnswerWith(500);
        _journal.Before = operation =>
            operation.Port == TableNames.DeadLetters ? throw new StorageUnavailableException() : Task.CompletedTask;
        var id = await Service.VerifyAsync(_receiver, Unibell);
        await Service.PumpAsync();
        _receiver.AnswerWith(204);
        await Service.PassAsync(TimeSpan.FromSeconds(6));

        Assert.Contains(_receiver.All.Skip(1), one => one.Id == $"{id}-0");
        Assert.All(await Service.CallbacksAsync(id), callback => Assert.Equal("delivered", callback.State()));
    }

    private async Task<Found[]> ListAsync(string query = "")
    {
        var answer = await _managed.GetAsync($"callbacks/failing{query}");
        Assert.True(answer.Status == 200, answer.Body);
        return [.. answer.Json.GetProperty("receivers").EnumerateArray().Select(one => new Found(one))];
    }
}

/// <summary>A failing receiver as it is listed.</summary>
internal sealed record Found(JsonElement Json)
{
    public string Text(string name) => Json.GetProperty(name).GetString()!;

    public long Number(string name) => Json.GetProperty(name).GetInt64();
}
