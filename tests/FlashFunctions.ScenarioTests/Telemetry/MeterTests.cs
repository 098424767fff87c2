using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Telemetry;

[Collection(TelemetryTests.Name)]
public sealed class MeterTests
{
    [Fact]
    public async Task A_verification_is_measured_from_its_call_to_its_callback()
    {
        using var meters = new MeterRecording();
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();

        var id = await service.VerifyAsync(receiver, Steps.CallsBy("bird"));
        await service.PumpAsync();
        await service.CheckAsync(id, service.WrongCodeFor(Phones.Ordinary));
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PumpAsync();

        Assert.Equal(["verify/ok", "check/ok", "check/ok"], meters.Counted("flashfunctions.api.calls", "operation", "outcome"));
        Assert.Equal(["verify.call/accepted"], meters.Counted("flashfunctions.requests", "product", "outcome"));
        Assert.Equal(["bird/call/accepted"], meters.Counted("flashfunctions.attempts", "provider", "method", "outcome"));
        Assert.Equal(["verify.call/verified"], meters.Counted("flashfunctions.outcomes", "product", "result"));
        Assert.Equal(
            ["bird/place/accepted", "bird/report/done"],
            meters.Counted("flashfunctions.provider.duration", "provider", "operation", "outcome"));
        Assert.Contains("bird/applied", meters.Counted("flashfunctions.webhooks", "provider", "outcome"));
        Assert.Equal(receiver.All.Select(_ => "taken"), meters.Counted("flashfunctions.callbacks", "outcome"));
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal) { QueueNames.Dispatch, QueueNames.Reports, QueueNames.Callbacks },
            meters.Counted("flashfunctions.queue.delay", "queue").ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Refusals_are_counted_by_their_code()
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();

        await service.VerifyAsync(Phones.Ordinary);
        await service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");
        await service.PostAsync("/v1/verify", """{"number":"+37253000001","method":"pigeon"}""");

        Assert.Equal(
            ["verify/ok", "verify/error_4", "verify/error_10"], meters.Counted("flashfunctions.api.calls", "operation", "outcome"));
        Assert.Equal(["verify.call/accepted", "verify.call/error_4"], meters.Counted("flashfunctions.requests", "product", "outcome"));
    }

    [Fact]
    public async Task A_request_whose_job_could_not_be_queued_is_counted_once_as_not_accepted()
    {
        using var meters = new MeterRecording();
        var queue = new QueueFault(QueueNames.Dispatch) { IsOn = true };
        await using var service = await TestService.StartAsync(services: queue.Apply);

        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");

        Assert.Equal((503, 50), (answer.Status, answer.ErrorCode));
        Assert.Equal(["verify.call/error_50"], meters.Counted("flashfunctions.requests", "product", "outcome"));
    }

    [Fact]
    public async Task The_delay_of_a_job_counts_from_the_time_at_which_it_was_due()
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();
        await service.VerifyAsync(Phones.Ordinary, Steps.CallsBy("unibell", "lanck"));

        await service.PassAsync(TimeSpan.FromSeconds(3));
        await service.PassAsync(TimeSpan.FromSeconds(35));

        var delays = meters.Of("flashfunctions.queue.delay")
            .Where(one => one.Tag("queue") == QueueNames.Dispatch)
            .Select(one => one.Value)
            .ToList();
        Assert.Equal(2, delays.Count);
        Assert.InRange(delays[0], 3, 4);
        Assert.InRange(delays[1], 4, 6);
    }

    [Fact]
    public async Task The_lag_of_the_timer_is_how_far_it_is_behind_the_clock()
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();
        await service.SweepAsync();

        service.Clock.Advance(TimeSpan.FromMinutes(10));
        await service.SweepAsync();

        var lags = meters.Of("flashfunctions.sweep.lag").Select(one => one.Value).ToList();
        Assert.Equal(2, lags.Count);
        Assert.InRange(lags[1], 600, 720);
    }

    [Fact]
    public async Task An_open_circuit_shows_whenever_somebody_looks()
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();
        Assert.Superset(
            new HashSet<string?>(StringComparer.Ordinal) { "unibell", "revicom", "bird", "lanck" },
            meters
                .Look("flashfunctions.circuit.open")
                .Where(one => one.Value == 0)
                .Select(one => one.Tag("provider"))
                .ToHashSet(StringComparer.Ordinal));
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);

        for (var phone = 0; phone < 8; phone++)
        {
            await service.VerifyAsync(Phones.Of(100 + phone));
            await service.PumpAsync();
        }

        var open = Assert.Single(meters.Look("flashfunctions.circuit.open"), one => one.Value > 0);
        Assert.Equal("unibell", open.Tag("provider"));
    }

    [Fact]
    public async Task A_call_that_ends_in_an_exception_is_counted()
    {
        var journal = new Journal();
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        journal.Before = _ => throw new InvalidOperationException("A mistake of ours.");

        // The contract knows no 500, and says so.
        await Assert.ThrowsAnyAsync<Exception>(
            () => service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}"""));

        Assert.Equal(["verify/exception"], meters.Counted("flashfunctions.api.calls", "operation", "outcome"));
    }

    [Fact]
    public async Task A_caller_who_breaks_off_is_no_failure_of_the_service()
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();

        await service.SendBrokenBodyAsync("/v1/verify");

        Assert.Equal(["verify/error_10"], meters.Counted("flashfunctions.api.calls", "operation", "outcome"));
    }

    [Fact]
    public async Task A_provider_that_refuses_the_account_is_counted()
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);

        await service.VerifyAsync(Phones.Ordinary);
        await service.PumpAsync();

        Assert.Contains("unibell", meters.Counted("flashfunctions.provider.account.refusals", "provider"));
    }

    [Theory]
    [InlineData(QueueNames.Dispatch)]
    [InlineData(QueueNames.Callbacks)]
    public async Task A_message_in_a_poison_queue_is_counted_whatever_it_is(string queue)
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();

        await service.EnqueueAsync(queue, "nonsense");
        for (var delivery = 0; delivery < 6; delivery++)
        {
            await service.PassAsync(TimeSpan.FromSeconds(31));
        }

        Assert.Equal([queue], meters.Counted("flashfunctions.poison", "queue"));
    }

    [Fact]
    public async Task No_measurement_has_a_tag_that_names_a_person_an_account_or_a_request()
    {
        using var meters = new MeterRecording();
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyAsync(Phones.Ordinary);
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PumpAsync();

        Assert.NotEmpty(meters.All);
        Assert.All(
            meters.All.SelectMany(one => one.Tags), tag => Assert.Matches("^[a-z_.]+[0-9]{0,2}$|^flash-[a-z]+$", (string)tag.Value!));
    }
}
