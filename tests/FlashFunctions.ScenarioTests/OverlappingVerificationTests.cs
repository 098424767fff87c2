using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// Rule 3, one live verification a number, where a newer verification comes while an older one is between the guard's write and its
/// own insert.
/// </summary>
public sealed class OverlappingVerificationTests
{
    private const string Call = $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""";

    private readonly Journal _journal = new();
    private readonly TaskCompletionSource _reached = new();
    private readonly TaskCompletionSource _goOn = new();

    [Fact]
    public async Task Without_a_cool_down_a_newer_verification_takes_the_place_of_one_that_is_not_stored_yet()
    {
        await using var service = await StartAsync(coolDown: 0);
        var older = await HangAsync(service, Call);

        var newer = await service.PostAsync("/v1/verify", Call);
        _goOn.SetResult();
        var refused = await older;
        await service.PumpAsync();

        Assert.Equal(202, newer.Status);
        Assert.Equal((503, 50), (refused.Status, refused.ErrorCode));
        Assert.NotNull(refused.RetryAfter);
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
        Assert.Equal("VERIFIED", (await service.CheckAsync(newer.Text("requestId"), service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task Overlapping_verifications_take_no_more_wrong_codes_together_than_the_number_may()
    {
        const int MostADay = 6;
        await using var service = await StartAsync(coolDown: 0, ("Guard:WrongCodesPerDay", $"{MostADay}"));
        var older = await HangAsync(service, Call);
        var newer = await service.PostAsync("/v1/verify", Call);
        _goOn.SetResult();
        Answer[] answers = [await older, newer];
        await service.PumpAsync();

        var taken = 0;
        foreach (var accepted in answers.Where(answer => answer.Status == 202))
        {
            for (var guess = 0; guess < MostADay; guess++)
            {
                var check = await service.CheckAsync(accepted.Text("requestId"), service.WrongCodeFor(Phones.Ordinary));
                taken += check.Status == 200 ? 1 : 0;
            }
        }

        Assert.InRange(taken, 1, MostADay);
    }

    [Fact]
    public async Task With_the_cool_down_the_same_holds_for_a_call_that_hangs_longer_than_that()
    {
        await using var service = await StartAsync(coolDown: 30);
        var older = await HangAsync(service, Call);
        service.Clock.Advance(TimeSpan.FromSeconds(31));

        var newer = await service.PostAsync("/v1/verify", Call);
        _goOn.SetResult();

        Assert.Equal(202, newer.Status);
        Assert.Equal((503, 50), await StatusAsync(older));
        Assert.Equal("pending", await service.ResultAsync(newer.Text("requestId")));
    }

    [Fact]
    public async Task One_whose_place_was_taken_gets_its_send_back()
    {
        await using var service = await StartAsync(coolDown: 0, ("Guard:SendsPerTenMinutes", "2"));
        var older = await HangAsync(service, Call);
        await service.PostAsync("/v1/verify", Call);
        var full = await service.PostAsync("/v1/verify", Call);
        _goOn.SetResult();
        await older;
        await service.PumpAsync();

        Assert.Equal((429, 4), (full.Status, full.ErrorCode));
        Assert.Equal(202, (await service.PostAsync("/v1/verify", Call)).Status);
        Assert.Equal((429, 4), await StatusAsync(service.PostAsync("/v1/verify", Call)));
    }

    [Fact]
    public async Task One_whose_place_was_taken_makes_a_new_request_when_it_is_repeated_with_its_key()
    {
        await using var service = await StartAsync(coolDown: 0);
        var older = await HangAsync(service, Call, key: "key");
        var newer = (await service.PostAsync("/v1/verify", Call)).Text("requestId");
        _goOn.SetResult();
        var refused = await older;

        var repeat = await SendAsync(service, Call, "key");
        await service.PumpAsync();

        Assert.Equal((503, 50), (refused.Status, refused.ErrorCode));
        Assert.Equal(202, repeat.Status);
        Assert.Equal(("superseded", "pending"), (await service.ResultAsync(newer), await service.ResultAsync(repeat.Text("requestId"))));
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task One_that_is_stored_though_the_stores_answer_was_lost_is_ended_and_rings_nobody()
    {
        await using var service = await StartAsync(coolDown: 0, ("Guard:SendsPerTenMinutes", "1"));
        var isLost = false;
        _journal.After = operation =>
        {
            if (isLost || operation.ToString() != $"{TableNames.Requests}.Insert")
            {
                return Task.CompletedTask;
            }

            isLost = true;
            throw new StorageUnavailableException("The answer was lost.");
        };

        var unanswered = await SendAsync(service, Call, "key");
        var repeat = await SendAsync(service, Call, "key");
        await service.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal((503, 50), (unanswered.Status, unanswered.ErrorCode));
        Assert.Equal(202, repeat.Status);
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
        Assert.Equal((429, 4), await StatusAsync(service.PostAsync("/v1/verify", Call)));
    }

    [Fact]
    public async Task A_verification_that_died_before_it_was_stored_holds_up_no_newer_one()
    {
        await using var service = await StartAsync(coolDown: 0);
        _journal.KillBefore(operation => operation.ToString() == $"{TableNames.Requests}.Insert");
        await service.PostAsync("/v1/verify", Call);
        _journal.Revive();

        var newer = await service.PostAsync("/v1/verify", Call);
        await service.PumpAsync();

        Assert.Equal(202, newer.Status);
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_strangers_verification_does_not_take_the_place_of_a_trusted_one()
    {
        await using var service = await StartAsync(coolDown: 0);
        var trusted = await HangAsync(service, $$"""{"number":"{{Phones.Ordinary}}","method":"call","trusted":true}""");

        var stranger = await service.PostAsync("/v1/verify", Call);
        _goOn.SetResult();
        var accepted = await trusted;

        Assert.Equal((202, 202), (stranger.Status, accepted.Status));
        Assert.Equal("pending", await service.ResultAsync(stranger.Text("requestId")));
        Assert.Equal("pending", await service.ResultAsync(accepted.Text("requestId")));
    }

    [Fact]
    public async Task The_same_holds_for_a_test_number_which_has_no_cool_down()
    {
        await using var service = await StartAsync(coolDown: 30);
        const string TestCall = $$"""{"number":"{{Phones.Test}}","method":"call"}""";
        var older = await HangAsync(service, TestCall);

        var newer = await service.PostAsync("/v1/verify", TestCall);
        _goOn.SetResult();

        Assert.Equal(202, newer.Status);
        Assert.Equal((503, 50), await StatusAsync(older));
        Assert.Equal("pending", await service.ResultAsync(newer.Text("requestId")));
    }

    private static async Task<(int Status, int ErrorCode)> StatusAsync(Task<Answer> call)
    {
        var answer = await call;
        return (answer.Status, answer.ErrorCode);
    }

    private Task<TestService> StartAsync(int coolDown, params (string Name, string Value)[] more)
    {
        var settings = new Settings { ["Guard:CoolDownSeconds"] = $"{coolDown}" };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return TestService.StartAsync(settings, _journal.Attach);
    }

    /// <summary>A verification that hangs before it is stored, until <see cref="_goOn"/>.</summary>
    private async Task<Task<Answer>> HangAsync(TestService service, string body, string? key = null)
    {
        _journal.Before = async operation =>
        {
            if (operation.ToString() == $"{TableNames.Requests}.Insert" && _reached.TrySetResult())
            {
                await _goOn.Task;
            }
        };
        var call = SendAsync(service, body, key);
        await _reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        return call;
    }

    private static Task<Answer> SendAsync(TestService service, string body, string? key)
    {
        if (key is null)
        {
            return service.PostAsync("/v1/verify", body);
        }

        var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        content.Headers.Add("Idempotency-Key", key);
        return service.SendAsync(service.Http, HttpMethod.Post, "/v1/verify", content);
    }
}
