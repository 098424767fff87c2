using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

/// <summary>POST /manage/erase and GET /manage/export: all that is stored of a number, in every account.</summary>
public sealed class PersonalDataTests : IAsyncLifetime
{
    private static readonly string Number = Phones.Ordinary;
    private readonly Journal _journal = new();
    private ManagedService _managed = null!;
    private HttpClient _shop = null!;
    private HttpClient _other = null!;

    private TestService Service => _managed.Service;

    public async ValueTask InitializeAsync()
    {
        _managed = await ManagedService.StartAsync(_journal.Attach);
        _shop = await _managed.ClientOfAsync("shop");
        _other = await _managed.ClientOfAsync("other");
        await Service.SweepAsync();
    }

    public ValueTask DisposeAsync()
    {
        _shop.Dispose();
        _other.Dispose();
        return _managed.DisposeAsync();
    }

    [Fact]
    public async Task Export_shows_requests_of_every_account_as_operators_see_them_and_messages_that_the_number_sent()
    {
        var (call, sms, foreign) = await FillAsync();

        var export = await ExportAsync("%2B" + Number[1..]);

        Assert.Equal(Number, export.Text("number"));
        var requests = export.Json.GetProperty("requests").EnumerateArray().ToArray();
        Assert.Equal([foreign, sms, call], requests.Select(request => request.GetProperty("id").GetString()));
        Assert.Equal((await _managed.GetAsync($"requests/{sms}")).Json.GetRawText(), requests[1].GetRawText());
        var message = Assert.Single(export.Json.GetProperty("inboundMessages").EnumerateArray());
        Assert.Equal((Number[1..], "Hello back"), (message.GetProperty("from").GetString(), message.GetProperty("text").GetString()));
        Assert.Empty(export.Json.GetProperty("blocks").EnumerateArray());
    }

    [Fact]
    public async Task A_raw_plus_is_read_as_one_and_a_phone_has_one_form()
    {
        var id = (await Service.PostAsync("/v1/sms", """{"number":"+5215512345678","text":"Hello"}""", _shop)).Text("requestId");

        foreach (var written in (string[])["+5215512345678", "%2B525512345678", "+525512345678"])
        {
            var request = Assert.Single((await ExportAsync(written)).Json.GetProperty("requests").EnumerateArray());
            Assert.Equal(id, request.GetProperty("id").GetString());
        }
    }

    [Fact]
    public async Task Erasing_deletes_all_of_it_in_every_account_says_how_much_and_leaves_others_alone()
    {
        var (call, sms, foreign) = await FillAsync();
        var kept = (await _managed.VerifyAsync(_shop, Phones.Of(9))).Text("requestId");
        await Service.PumpAsync();

        var erased = await EraseAsync();

        // Two index rows a request, one by a reference of the account's, one by the message; a provider's reference; an idempotency key.
        Assert.Equal("""{"requests":3,"inboundMessages":1,"other":10}""", erased.Body);
        foreach (var id in (string[])[call, sms, foreign])
        {
            Assert.Equal((404, 20), await ReadAsync(id));
        }

        Assert.Equal(200, (await ReadAsync(kept)).Status);
        var export = await ExportAsync("%2B" + Number[1..]);
        Assert.Empty(export.Json.GetProperty("requests").EnumerateArray());
        Assert.Empty(export.Json.GetProperty("inboundMessages").EnumerateArray());
        Assert.Equal("""{"requests":0,"inboundMessages":0,"other":0}""", (await EraseAsync()).Body);
    }

    [Fact]
    public async Task What_is_open_is_ended_and_told_upstream_and_nothing_more_is_sent()
    {
        var id = (await _managed.VerifyAsync(_shop, Number, Steps.CallsBy("bird", "revicom"))).Text("requestId");
        await Service.PumpAsync();
        var (calls, before) = (Service.CallsTo(Number), Service.Simulator.Requests("bird").Count);

        await EraseAsync();

        Assert.Contains(
            Service.Simulator.Requests("bird").Skip(before), request => request.Body.Contains("canceled", StringComparison.Ordinal));
        await Service.PassAsync(TimeSpan.FromSeconds(100));
        Assert.Equal(calls, Service.CallsTo(Number));
        Assert.Equal((404, 20), await ReadAsync(id));
    }

    [Fact]
    public async Task A_job_that_is_handled_while_the_provider_is_told_does_not_tell_it_twice()
    {
        await _managed.VerifyAsync(_shop, Number, Steps.CallsBy("bird"));
        await Service.PumpAsync();
        var before = Service.Simulator.Requests("bird").Count;
        _journal.Before = operation =>
        {
            if (operation.Port != "bird")
            {
                return Task.CompletedTask;
            }

            _journal.Before = null;
            return Service.PumpAsync();
        };

        Assert.Equal(200, (await EraseAsync()).Status);

        Assert.Equal("""{"result":"canceled"}""", Assert.Single(Service.Simulator.Requests("bird").Skip(before)).Body);
    }

    [Fact]
    public async Task Late_webhooks_and_jobs_are_taken_and_bring_nothing_back()
    {
        var byReference = (await _managed.VerifyAsync(_shop, Number, Steps.CallsBy("unibell"))).Text("requestId");
        var byAttempt = (await Service.PostAsync("/v1/sms", $$"""{"number":"{{Number}}","text":"Hello"}""", _other)).Text("requestId");
        await Service.PumpAsync();
        var webhooks = Service.Simulator.SentCallbacks.ToArray();
        Assert.NotEmpty(webhooks);
        await EraseAsync();
        _journal.Clear();

        foreach (var webhook in webhooks)
        {
            Assert.Equal(200, await Service.ReplayAsync(webhook));
        }

        foreach (var id in (string[])[byReference, byAttempt])
        {
            await Service.Service<StepQueue>().SendAsync(RequestId.Parse(id, null), 1, StepCause.WaitPassed, TimeSpan.Zero, default);
            await Service.Service<ReportQueue>().SendAsync(new ReportJob(id), TimeSpan.Zero, default);
            await Service.Service<CallbackQueue>().SendAsync(new CallbackJob { Request = id }, TimeSpan.Zero, default);
        }

        await Service.PassAsync(TimeSpan.FromMinutes(20));
        await Service.SweepAsync();

        Assert.Equal((404, 20), await ReadAsync(byReference));
        Assert.Equal((404, 20), await ReadAsync(byAttempt));
        Assert.DoesNotContain(_journal.Storage, operation => operation is $"{TableNames.Requests}.Insert" or $"{TableNames.Index}.Insert");
        Assert.Empty((await Service.Service<DeadLetters>().ListAsync(null, null, 10, default))!.Items);
    }

    [Fact]
    public async Task Erasing_buys_no_guesses_and_the_guards_row_goes_a_day_later()
    {
        for (var request = 0; request < 2; request++)
        {
            var id = (await _managed.VerifyAsync(_shop, Number, Steps.CallsBy("bird"))).Text("requestId");
            await Service.PumpAsync();
            for (var guess = 0; guess < 5; guess++)
            {
                await Service.PostAsync(
                    "/v1/verify/check", $$"""{"requestId":"{{id}}","code":"{{Service.WrongCodeFor(Number)}}"}""", _shop);
            }

            Service.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        var guard = _journal.Operations.Where(operation => operation.ToString() == $"{TableNames.Guard}.Insert")
            .Select(operation => (Row)operation.Arguments[0]!)
            .First();
        await EraseAsync();

        var refused = await _managed.VerifyAsync(_shop, Number);
        Assert.Equal((429, 22), (refused.Status, refused.ErrorCode));
        await PassHoursAsync(23);
        Assert.NotNull(await Table(TableNames.Guard).ReadAsync(guard.Key, default));
        await PassHoursAsync(2);
        Assert.Null(await Table(TableNames.Guard).ReadAsync(guard.Key, default));
        Assert.Empty(await Table(TableNames.Guard).QueryAfterAsync(TableKeys.ForgottenGuards, null, 10, default));
    }

    [Theory]
    [InlineData($"{TableNames.Requests}.DeleteBatch")]
    [InlineData($"{TableNames.Idempotency}.Delete")]
    [InlineData($"{TableNames.Index}.Delete")]
    public async Task Interrupted_it_goes_on_where_it_was(string operation)
    {
        var (call, sms, foreign) = await FillAsync();
        _journal.Before = each => each.ToString() == operation ? throw new StorageUnavailableException() : Task.CompletedTask;
        Assert.Equal(503, (await EraseAsync()).Status);
        _journal.Before = null;

        await EraseAsync();

        foreach (var id in (string[])[call, sms, foreign])
        {
            Assert.Equal((404, 20), await ReadAsync(id));
        }

        Assert.Equal("""{"requests":0,"inboundMessages":0,"other":0}""", (await EraseAsync()).Body);
    }

    [Fact]
    public async Task A_message_that_was_erased_is_not_taken_again_and_nothing_of_it_is_left()
    {
        await FillAsync();
        await EraseAsync();

        Assert.True(Service.Simulator.InjectInboundSms(Message()));
        await Service.PumpAsync();

        Assert.Empty((await ExportAsync("%2B" + Number[1..])).Json.GetProperty("inboundMessages").EnumerateArray());
        var day = TableKeys.InboundPartition(DateOnly.FromDateTime(Service.Clock.GetUtcNow().UtcDateTime));
        var row = Assert.Single(await Table(TableNames.InboundMessages).QueryAfterAsync(day, null, 10, default));
        Assert.DoesNotContain(Number[1..], string.Join('|', row.Properties.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_stand_in_clear_on_requests_and_inbound_messages_alone()
    {
        await FillAsync();
        await Service.PassAsync(TimeSpan.FromMinutes(12));
        await Service.SweepAsync();

        var told = _journal.Operations.Where(operation => operation.Port is not (TableNames.Requests or TableNames.InboundMessages)
            && (TableNames.All.Contains(operation.Port) || QueueNames.All.Contains(operation.Port)));
        Assert.All(
            told,
            operation =>
                Assert.DoesNotContain(Number[1..], string.Join('|', operation.Arguments.Select(Written)), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", 10)]
    [InlineData("""{"number":7}""", 10)]
    [InlineData("""{"number":"12"}""", 11)]
    [InlineData("""{"number":"+37253"}""", 11)]
    public async Task Without_a_number_nothing_is_erased(string body, int errorCode)
    {
        var answer = await _managed.PostAsync("erase", body);
        Assert.Equal((400, errorCode), (answer.Status, answer.ErrorCode));
        Assert.Contains("number", answer.Body, StringComparison.Ordinal);
    }

    private static string Written(object? argument) =>
        argument is Row row ? $"{row.PartitionKey}|{row.RowKey}|{string.Join('|', row.Properties.Values)}" : argument?.ToString() ?? "";

    private static SimulatedInboundSms Message() => new(Number[1..], "37253009999", "Hello back") { MessageId = "m/1" };

    private ITable Table(string name) => Service.Host.Services.GetRequiredKeyedService<ITable>(name);

    private async Task<(string Call, string Sms, string Foreign)> FillAsync()
    {
        var call = (await _managed.VerifyAsync(_shop, Number, Steps.CallsBy("bird"))).Text("requestId");
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        _shop.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        var sms = (await Service.PostAsync("/v1/sms", $$"""{"number":"{{Number}}","text":"Hello","reference":"order-7"}""", _shop))
            .Text("requestId");
        _shop.DefaultRequestHeaders.Remove("Idempotency-Key");
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var foreign = (await Service.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Number}}"}""", _other)).Text("id");
        Assert.True(Service.Simulator.InjectInboundSms(Message()));
        await Service.PumpAsync();
        return (call, sms, foreign);
    }

    private async Task PassHoursAsync(int hours)
    {
        for (var hour = 0; hour < hours; hour++)
        {
            await Service.PassAsync(TimeSpan.FromHours(1));
            await Service.SweepAsync();
        }
    }

    private Task<Answer> EraseAsync() => _managed.PostAsync("erase", $$"""{"number":"{{Number}}"}""");

    private Task<Answer> ExportAsync(string number) => _managed.GetAsync($"export?number={number}");

    private async Task<(int Status, int ErrorCode)> ReadAsync(string id)
    {
        var answer = await _managed.GetAsync($"requests/{id}");
        return (answer.Status, answer.ErrorCode);
    }
}
