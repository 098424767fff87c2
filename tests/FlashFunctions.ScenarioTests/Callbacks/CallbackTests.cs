using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Callbacks;

public sealed class CallbackTests
{
    private static readonly string Unibell = Steps.CallsBy("unibell");

    [Fact]
    public async Task Every_change_of_status_or_result_is_told_once_and_in_order()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();

        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(CallbackCalls.Number));
        await service.PumpAsync();

        Assert.Equal(
            ["SENT pending", "DELIVERED pending", "DELIVERED verified"],
            receiver.All.Select(one => $"{one.Text("status")} {one.Text("result")}"));
        Assert.Equal([$"{id}-0", $"{id}-1", $"{id}-2"], receiver.All.Select(one => one.Id));
        Assert.All(await service.CallbacksAsync(id), callback => Assert.Equal("delivered", callback.State()));
    }

    [Fact]
    public async Task A_callback_has_the_documented_fields_and_neither_code_nor_caller_number()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();

        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();

        var told = receiver.All[^1];
        Assert.Equal(id, told.Text("requestId"));
        Assert.Equal(CallbackCalls.Number, told.Text("number"));
        Assert.Equal("call", told.Text("method"));
        Assert.Equal("unibell", told.Text("provider"));
        Assert.False(told.Has("from"));
        Assert.False(told.Has("code"));
        Assert.DoesNotContain(service.CodeOn(CallbackCalls.Number, 7), told.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_provider_tells_of_the_call_is_passed_on()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();

        await service.VerifyAsync(receiver, Steps.CallsBy("lanck"));
        await service.PumpAsync();

        var told = receiver.All[^1];
        Assert.Equal("DELIVERED", told.Text("status"));
        Assert.True(told.Has("callCreatedAt") && told.Has("callEndedAt") && told.Has("sipStatus") && told.Has("mccmnc"), told.Body);
    }

    [Fact]
    public async Task A_flash_call_whose_backend_checks_the_code_tells_the_number_that_rings()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();

        var answer = await service.PostAsync(
            "/v1/calls/flash", $$"""{"number":"{{CallbackCalls.Number}}","callbackUrl":"{{receiver.Address}}"}""");
        await service.PumpAsync();

        Assert.Equal(answer.Text("from"), receiver.All[0].Text("from"));
        Assert.False(receiver.All[0].Has("result"));
    }

    [Fact]
    public async Task A_later_callback_waits_behind_an_earlier_one_that_is_being_retried()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(500);

        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(CallbackCalls.Number));
        await service.PumpAsync();
        Assert.Equal($"{id}-0", Assert.Single(receiver.All).Id);

        receiver.AnswerWith(204);
        await service.PassAsync(TimeSpan.FromSeconds(6));

        Assert.Equal([$"{id}-0", $"{id}-0", $"{id}-1", $"{id}-2"], receiver.All.Select(one => one.Id));
        Assert.Equal(receiver.All[0].Body, receiver.All[1].Body);
    }

    [Fact]
    public async Task What_is_not_taken_is_retried_on_schedule_and_then_kept_as_a_dead_letter()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(500);
        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();

        var seen = 1;
        foreach (var minutes in new[] { 5 / 60.0, 5, 30, 120, 300, 600 })
        {
            var wait = TimeSpan.FromMinutes(minutes);
            await service.PassAsync(wait - TimeSpan.FromSeconds(1));
            Assert.Equal(seen, receiver.All.Count);
            await service.PassAsync((wait / 10) + TimeSpan.FromSeconds(2));
            Assert.Equal(++seen, receiver.All.Count(one => one.Id == $"{id}-0"));
            if (seen == 7)
            {
                break;
            }

            Assert.Equal(seen, receiver.All.Count);
        }

        var first = (await service.CallbacksAsync(id))[0];
        Assert.Equal("dead", first.State());
        Assert.Equal(7, first.Tries());
        Assert.Equal("HTTP 500.", first.GetProperty("lastFailure").GetString());
        var letter = Assert.Single((await service.DeadLetters.ListAsync(null, null, 10, default))!.Items);
        Assert.Equal((id, "callback", "HTTP 500."), (letter.Request, letter.Kind, letter.Reason));
    }

    [Fact]
    public async Task A_dead_letter_that_is_retried_is_delivered_under_its_old_id()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(500);
        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        for (var passed = 0; passed < 7; passed++)
        {
            await service.PassAsync(TimeSpan.FromHours(11));
        }

        var letter = (await service.DeadLetters.ListAsync(null, null, 10, default))!.Items[^1];
        receiver.AnswerWith(200);
        Assert.True(await service.DeadLetters.RetryAsync(letter.Id, default));
        await service.PumpAsync();

        Assert.Equal("delivered", (await service.CallbacksAsync(id))[0].State());
        Assert.Contains(receiver.All.SkipWhile(one => one.Id == $"{id}-0"), one => one.Id == $"{id}-0");
    }

    [Fact]
    public async Task After_410_nothing_more_is_told()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(410);

        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(CallbackCalls.Number));
        await service.PassAsync(TimeSpan.FromDays(2));

        Assert.Single(receiver.All);
        Assert.All(await service.CallbacksAsync(id), callback => Assert.Equal("gone", callback.State()));
        Assert.Empty((await service.DeadLetters.ListAsync(null, null, 10, default))!.Items);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Retry_After_is_honoured(int status)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(status, "3600");
        await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();

        receiver.AnswerWith(200);
        await service.PassAsync(TimeSpan.FromMinutes(59));
        Assert.Single(receiver.All);
        await service.PassAsync(TimeSpan.FromMinutes(8));

        Assert.Equal(receiver.All[0].Id, receiver.All[1].Id);
    }

    [Fact]
    public async Task A_Retry_After_beyond_what_the_queue_can_wait_is_honoured_too()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(503, service.Clock.GetUtcNow().AddDays(9).ToString("R"));
        await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();

        receiver.AnswerWith(200);
        for (var day = 1; day < 9; day++)
        {
            await service.PassAsync(TimeSpan.FromDays(1));
        }

        Assert.Single(receiver.All);
        await service.PassAsync(TimeSpan.FromDays(1));
        await service.PassAsync(TimeSpan.FromDays(1));
        Assert.Equal(receiver.All[0].Id, receiver.All[1].Id);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(302);

        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();

        Assert.Single(receiver.All);
        Assert.Equal("HTTP 302.", (await service.CallbacksAsync(id))[0].GetProperty("lastFailure").GetString());
    }

    [Fact]
    public async Task A_receiver_that_hangs_has_fifteen_seconds()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        var hangs = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        receiver.Answer = _ =>
        {
            hangs.TrySetResult();
            return end.Task;
        };

        var id = await service.VerifyAsync(receiver, Unibell);
        var pump = service.PumpAsync();
        await hangs.Task;
        service.Clock.Advance(TimeSpan.FromSeconds(15));
        await pump;
        end.SetResult();

        Assert.Equal("No answer within 15 seconds.", (await service.CallbacksAsync(id))[0].GetProperty("lastFailure").GetString());
    }

    [Fact]
    public async Task A_receiver_that_closes_the_connection_has_not_taken_it()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();

        Assert.Equal("waiting", (await service.CallbacksAsync(id))[0].State());
        Assert.Equal(
            "The connection ended without an answer.", (await service.CallbacksAsync(id))[0].GetProperty("lastFailure").GetString());
    }

    [Fact]
    public async Task A_name_that_comes_to_point_inside_is_a_failed_try_and_is_tried_on()
    {
        var address = "10.0.0.1";
        await using var receiver = await Receiver.StartAsync();
        var port = new Uri(receiver.Address).Port;
        var allowed = new Settings { ["Callbacks:AllowedPorts"] = $"{port}" };
        await using var service = await TestService.StartAsync(allowed, all => all.ResolveTo(() => address));

        var id = await service.VerifyAsync(CallbackCalls.Number, $$""","callbackUrl":"https://hooks.example.com:{{port}}/hook" """);
        await service.PumpAsync();

        Assert.Equal("waiting", (await service.CallbacksAsync(id))[0].State());
        Assert.Equal(
            "The host has an address that is not public.", (await service.CallbacksAsync(id))[0].GetProperty("lastFailure").GetString());
        Assert.Empty(receiver.All);
    }

    [Fact]
    public async Task What_the_queue_did_not_take_is_told_when_the_timer_comes_by()
    {
        var faults = new QueueFault();
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync(services: faults.Apply);
        faults.IsOn = true;
        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        Assert.Empty(receiver.All);
        faults.IsOn = false;

        for (var minute = 0; minute < 7; minute++)
        {
            service.Clock.Advance(TimeSpan.FromMinutes(1));
            await service.SweepAsync();
        }

        await service.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(
            ["SENT pending", "DELIVERED pending", "DELIVERED expired"],
            receiver.All.Select(one => $"{one.Text("status")} {one.Text("result")}"));
        Assert.All(await service.CallbacksAsync(id), callback => Assert.Equal("delivered", callback.State()));
    }

    [Fact]
    public async Task An_end_by_the_timer_is_told_even_when_the_queue_fails_at_that_moment()
    {
        var faults = new QueueFault();
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync(services: faults.Apply);
        await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        await service.SweepAsync();
        service.Clock.Advance(TimeSpan.FromMinutes(7));
        faults.IsOn = true;
        await Assert.ThrowsAnyAsync<Exception>(service.SweepAsync);
        faults.IsOn = false;

        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await service.SweepAsync();
        await service.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Equal("expired", receiver.All[^1].Text("result"));
    }

    [Fact]
    public async Task A_message_that_comes_twice_tells_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        var told = receiver.All.Count;

        await service.Callbacks.SendAsync($$"""{"request":"{{id}}"}""", TimeSpan.Zero, default);
        await service.Callbacks.SendAsync($$"""{"request":"{{id}}","at":1}""", TimeSpan.Zero, default);
        await service.PumpAsync();

        Assert.Equal(told, receiver.All.Count);
    }

    [Fact]
    public async Task Jobs_side_by_side_tell_each_callback_once()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync();
        receiver.AnswerWith(500);
        var id = await service.VerifyAsync(receiver, Unibell);
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(CallbackCalls.Number));
        receiver.AnswerWith(200);
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        for (var job = 0; job < 12; job++)
        {
            await service.Callbacks.SendAsync($$"""{"request":"{{id}}"}""", TimeSpan.Zero, default);
        }

        await service.PumpAsync();

        Assert.Equal([$"{id}-0", $"{id}-0", $"{id}-1", $"{id}-2"], receiver.All.Select(one => one.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8443")]
    public async Task A_port_that_is_not_allowed_is_refused_with_the_request(string allowed)
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Callbacks:AllowedPorts"] = allowed });
        Task<Answer> VerifyAsync(int port) => service.PostAsync(
            "/v1/verify",
            $$"""{"number":"{{CallbackCalls.Number}}","method":"call","callbackUrl":"https://hooks.example.com:{{port}}/"}""");

        var refused = await VerifyAsync(8080);
        var other = await VerifyAsync(8443);

        Assert.Equal((400, 10), (refused.Status, refused.ErrorCode));
        Assert.True(refused.Names("callbackUrl"));
        Assert.Equal(allowed.Length > 0 ? 202 : 400, other.Status);
    }

    [Fact]
    public async Task A_literal_address_that_is_not_public_is_refused_with_the_request()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.PostAsync(
            "/v1/verify", $$"""{"number":"{{CallbackCalls.Number}}","method":"call","callbackUrl":"https://10.0.0.1/"}""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("callbackUrl"));
    }
}
