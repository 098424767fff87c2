using System.Text.Json;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Routing that learns: where a step goes by conversion and price, and why.</summary>
public sealed class LearnedRoutingTests
{
    private const int Enough = 30;
    private static readonly (string, string)[] Learned = [("Routing:Mode", "learned"), ("Routing:Exploration", "0")];

    [Fact]
    public async Task A_provider_that_fails_without_a_word_is_left_within_minutes()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        var service = managed.Service;
        await FailAsync(service, Enough);

        var id = await StartAsync(service, Phones.Of(150));

        Assert.Equal("revicom", await ProviderOfAsync(service, id));
    }

    [Fact]
    public async Task In_the_configured_order_nothing_that_is_learned_changes_where_a_step_goes()
    {
        await using var managed = await ManagedService.StartAsync();
        await FailAsync(managed.Service, Enough);

        var id = await StartAsync(managed.Service, Phones.Of(150));

        Assert.Equal("unibell", await ProviderOfAsync(managed.Service, id));
        Assert.False((await managed.GetAsync($"requests/{id}")).Attempts[0].TryGetProperty("choice", out _));
    }

    [Fact]
    public async Task Where_the_codes_are_entered_the_provider_stays()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        await VerifyManyAsync(managed.Service, Enough);

        var id = await StartAsync(managed.Service, Phones.Of(150));

        Assert.Equal("unibell", await ProviderOfAsync(managed.Service, id));
    }

    [Fact]
    public async Task A_named_provider_and_an_order_by_country_win_over_learning()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        await using var ordered = await ManagedService.StartAsync(
            settings: [.. Learned, ("Routing:Country:EE:call", "unibell,revicom")]);
        await FailAsync(managed.Service, Enough);
        await FailAsync(ordered.Service, Enough);

        var named = await StartAsync(managed.Service, Phones.Of(150), Steps.CallsBy("unibell"));
        var byOrder = await StartAsync(ordered.Service, Phones.Of(150));

        Assert.Equal("unibell", await ProviderOfAsync(managed.Service, named));
        Assert.Equal("unibell", await ProviderOfAsync(ordered.Service, byOrder));
    }

    [Fact]
    public async Task An_order_by_method_says_which_providers_take_part()
    {
        await using var managed = await ManagedService.StartAsync(settings: [.. Learned, ("Routing:Order:call", "unibell,lanck")]);
        await FailAsync(managed.Service, Enough);

        var id = await StartAsync(managed.Service, Phones.Of(150));

        Assert.Equal("lanck", await ProviderOfAsync(managed.Service, id));
    }

    [Fact]
    public async Task The_choice_is_explained_to_operators_and_not_to_the_account()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        await FailAsync(managed.Service, Enough);
        await managed.Service.Simulator.SetProviderModeAsync(SimulatedProviders.Revicom, SimulatedMode.Unauthorized);

        var id = await StartAsync(managed.Service, Phones.Of(150));

        var attempts = (await managed.GetAsync($"requests/{id}")).Attempts;
        var choice = attempts[0].GetProperty("choice");
        var candidates = choice.GetProperty("candidates").EnumerateArray().ToDictionary(Name);
        Assert.False(choice.GetProperty("exploring").GetBoolean());
        Assert.Equal("revicom", candidates.Keys.First());
        Assert.StartsWith("The best by what is known", candidates["revicom"].GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Equal("Worth less: 0 % of 30.", candidates["unibell"].GetProperty("why").GetString());
        Assert.Equal(0.01m, candidates["unibell"].GetProperty("price").GetDecimal());
        Assert.True(candidates["unibell"].GetProperty("high").GetDouble() < candidates["revicom"].GetProperty("conversion").GetDouble());
        Assert.Equal(2, attempts.Count);
        var passedOver = attempts[1].GetProperty("choice").GetProperty("candidates").EnumerateArray().ToDictionary(Name)["revicom"];
        Assert.StartsWith("It did not take the attempt", passedOver.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("choice", (await managed.Service.ReadAsync(id)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timeline_shows_the_candidates_of_each_attempt_with_what_is_known_of_them()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        await FailAsync(managed.Service, Enough);
        await managed.Service.Simulator.SetProviderModeAsync(SimulatedProviders.Revicom, SimulatedMode.Unauthorized);
        var id = await StartAsync(managed.Service, Phones.Of(150));

        var attempts = (await managed.GetAsync($"requests/{id}/timeline")).Json.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("kind").GetString() == "attempt").ToArray();
        var shown = await CliRun.OfAsync(managed, "requests", "timeline", id);

        Assert.Equal(["revicom", "bird"], attempts.Select(entry => entry.GetProperty("provider").GetString()));
        var first = attempts[0].GetProperty("choice").GetProperty("candidates").EnumerateArray().ToDictionary(Name);
        Assert.Equal("revicom", first.Keys.First());
        Assert.Equal(0.01m, first["unibell"].GetProperty("price").GetDecimal());
        Assert.Equal("Worth less: 0 % of 30.", first["unibell"].GetProperty("why").GetString());
        Assert.Contains(
            " providers and says of this one: The best by what is known", attempts[0].GetProperty("text").GetString(),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "It did not take the attempt",
            attempts[1].GetProperty("choice").GetProperty("candidates").EnumerateArray().ToDictionary(Name)["revicom"].GetProperty("why")
                .GetString(),
            StringComparison.Ordinal);
        Assert.Matches(@"unibell, \d+\.\d % expected \(\d+\.\d % to \d+\.\d %\), price 0\.01: Worth less: 0 % of 30\.", shown.Out);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_tried_in_which_order_at_what_price_and_why()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        await FailAsync(managed.Service, Enough);
        var calls = managed.Service.Simulator.Phone(Phones.Of(150))?.Calls;

        var answer = await managed.GetAsync($"routes?number={Phones.Of(150)}&method=call&codeLength=4");

        var candidates = answer.Json.GetProperty("candidates").EnumerateArray().ToArray();
        Assert.Equal((200, "EE", "learned"), (answer.Status, answer.Text("country"), answer.Text("mode")));
        Assert.NotEmpty(answer.Text("operator"));
        Assert.Equal("revicom", Name(candidates[0]));
        Assert.Equal("unibell", Name(candidates[3]));
        Assert.All(candidates, candidate => Assert.True(candidate.GetProperty("usable").GetBoolean()));
        Assert.Equal((0.1m, 0.01m), (candidates[0].GetProperty("price").GetDecimal(), candidates[3].GetProperty("price").GetDecimal()));
        Assert.All(candidates, candidate => Assert.InRange(
            candidate.GetProperty("conversion").GetDouble(), candidate.GetProperty("low").GetDouble(),
            candidate.GetProperty("high").GetDouble()));
        Assert.Equal(calls, managed.Service.Simulator.Phone(Phones.Of(150))?.Calls);
    }

    [Fact]
    public async Task A_dry_run_works_in_the_configured_order_too_and_says_who_cannot_be_asked()
    {
        await using var managed = await ManagedService.StartAsync();
        await VerifyManyAsync(managed.Service, 3);

        var answer = await managed.GetAsync($"routes?number= {Phones.Of(150)[1..]}&codeLength=6");
        var known = await managed.GetAsync($"routes?number={Uri.EscapeDataString(Phones.Of(150))}");

        var candidates = answer.Json.GetProperty("candidates").EnumerateArray().ToArray();
        Assert.Equal((200, "ordered", 6), (answer.Status, answer.Text("mode"), answer.Json.GetProperty("codeLength").GetInt32()));
        Assert.Equal(
            ["bird True", "lanck True", "unibell False", "revicom False"],
            candidates.Select(candidate => $"{Name(candidate)} {candidate.GetProperty("usable").GetBoolean()}"));
        Assert.Equal("The first of the configured order.", candidates[0].GetProperty("why").GetString());
        Assert.NotEmpty(candidates[2].GetProperty("why").GetString()!);
        var first = known.Json.GetProperty("candidates")[0];
        Assert.Equal(("unibell", 3, 3), (Name(first), first.GetProperty("known").GetDouble(), first.GetProperty("verified").GetDouble()));
    }

    [Theory]
    [InlineData("routes", "number")]
    [InlineData("routes?number=", "number")]
    [InlineData("routes?number=12", "number")]
    [InlineData("routes?number=%2B37253000001&method=fax", "method")]
    [InlineData("routes?number=%2B37253000001&codeLength=7", "codeLength")]
    [InlineData("routes?number=%2B37253000001&colour=red", "colour")]
    [InlineData("routes/changes?limit=0", "limit")]
    [InlineData("routes/changes?after=yesterday", "after")]
    public async Task A_malformed_parameter_is_named(string path, string parameter)
    {
        await using var managed = await ManagedService.StartAsync();

        var answer = await managed.GetAsync(path);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.Contains(parameter, answer.Json.GetProperty("details").EnumerateObject().Select(detail => detail.Name));
    }

    [Fact]
    public async Task What_learning_changed_is_told_in_words()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        await FailAsync(managed.Service, Enough);
        await StartAsync(managed.Service, Phones.Of(150));
        await BecomeKnownAsync(managed.Service);

        var answer = await managed.GetAsync("routes/changes");

        var change = Assert.Single(answer.Json.GetProperty("changes").EnumerateArray());
        var (at, network) = (change.GetProperty("at").GetInt64(), change.GetProperty("operator").GetString());
        Assert.Equal(("unibell", "revicom"), (change.GetProperty("from").GetString(), change.GetProperty("to").GetString()));
        Assert.Equal(
            $"since {DateTimeOffset.FromUnixTimeMilliseconds(at):HH:mm} calls to EE/{network} go to revicom: "
                + "nothing known yet against 0 % of 30",
            change.GetProperty("text").GetString());
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("next").ValueKind);
        Assert.Empty((await managed.GetAsync($"routes/changes?after={new DateTimeOffset(2020, 1, 1, 0, 0, 0, default).Ticks}-0"))
            .Json.GetProperty("changes").EnumerateArray());
    }

    [Fact]
    public async Task The_operators_program_shows_routes_and_what_learning_changed()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        var before = await CliRun.OfAsync(managed, "routes", "changes");
        await FailAsync(managed.Service, Enough);
        await StartAsync(managed.Service, Phones.Of(150));
        await BecomeKnownAsync(managed.Service);

        var shown = await CliRun.OfAsync(managed, "routes", "show", Phones.Of(150));
        var changes = await CliRun.OfAsync(managed, "routes", "changes");
        var wrong = await CliRun.OfAsync(managed, "routes", "show", Phones.Of(150), "--code-length", "9");

        Assert.Equal("Learning changed nothing.", before.Out.Trim());
        Assert.Equal((0, 0, ""), (shown.ExitCode, changes.ExitCode, shown.Error));
        Assert.Contains("Worth less: 0 % of", shown.Out, StringComparison.Ordinal);
        Assert.Contains("go to revicom", changes.Out, StringComparison.Ordinal);
        Assert.NotEqual(0, wrong.ExitCode);
    }

    [Fact]
    public async Task Learned_routing_adds_no_call_to_the_store_within_a_minute()
    {
        var journal = new Journal();
        await using var managed = await ManagedService.StartAsync(journal.Attach, Learned);
        var reads = 0;
        journal.Before = operation =>
        {
            Interlocked.Add(ref reads, operation.Port == TableNames.Routes ? 1 : 0);
            return Task.CompletedTask;
        };

        await StartAsync(managed.Service, Phones.Of(1));
        var first = Volatile.Read(ref reads);
        await StartAsync(managed.Service, Phones.Of(2));
        await StartAsync(managed.Service, Phones.Of(3));

        Assert.Equal((1, 1), (first, Volatile.Read(ref reads)));
    }

    [Fact]
    public async Task Where_the_store_does_not_tell_what_was_learned_the_configured_order_stays()
    {
        var journal = new Journal();
        await using var managed = await ManagedService.StartAsync(journal.Attach, Learned);
        journal.Before = operation => operation.Port == TableNames.Routes ? throw new StorageUnavailableException() : Task.CompletedTask;

        var id = await StartAsync(managed.Service, Phones.Of(1));

        Assert.Equal("unibell", await ProviderOfAsync(managed.Service, id));
    }

    [Fact]
    public async Task A_sweep_that_is_repeated_teaches_nothing_twice()
    {
        await using var managed = await ManagedService.StartAsync(settings: Learned);
        var book = managed.Service.Service<RouteBook>();
        var route = new RouteKey("unibell", "call", "EE", "Telia");
        var lessons = new RouteLessons();
        (lessons.Of(route).Known, lessons.Of(route).Verified) = (10, 4);
        var minute = TableKeys.Minute(managed.Service.Clock.GetUtcNow());

        await book.LearnAsync(new Dictionary<long, RouteLessons> { [minute] = lessons }, CancellationToken.None);
        await book.LearnAsync(new Dictionary<long, RouteLessons> { [minute] = lessons }, CancellationToken.None);

        var belief = (await book.ReadAsync(CancellationToken.None)).Routes.BeliefIn(route);
        Assert.Equal((10, 4), (Math.Round(belief.Known), Math.Round(belief.Verified)));
    }

    [Theory]
    [InlineData("Routing:Mode", "clever")]
    [InlineData("Routing:Exploration", "0.2")]
    [InlineData("Routing:HalfLife", "00:00:01")]
    [InlineData("Routing:Value", "0")]
    public async Task A_setting_out_of_its_range_stops_the_start(string setting, string value) =>
        await Assert.ThrowsAnyAsync<Exception>(() => TestService.StartAsync(new Settings { [setting] = value }));

    private static string Name(JsonElement candidate) => candidate.GetProperty("provider").GetString()!;

    /// <summary>Verifications whose codes nobody enters, until their outcome is known.</summary>
    private static async Task FailAsync(TestService service, int count)
    {
        for (var phone = 0; phone < count; phone++)
        {
            await service.VerifyAsync(Phones.Of(100 + phone));
        }

        await service.PumpAsync();
        await BecomeKnownAsync(service);
    }

    /// <summary>Lets what is open become due, be swept and be read.</summary>
    private static async Task BecomeKnownAsync(TestService service)
    {
        await service.PassAsync(TimeSpan.FromMinutes(7));
        await service.SweepAsync();
        await service.PassAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task VerifyManyAsync(TestService service, int count)
    {
        for (var phone = 0; phone < count; phone++)
        {
            var id = await StartAsync(service, Phones.Of(100 + phone));
            Assert.Equal("VERIFIED", (await service.CheckAsync(id, service.CodeOn(Phones.Of(100 + phone)))).Text("status"));
        }

        await BecomeKnownAsync(service);
    }

    private static async Task<string> StartAsync(TestService service, string number, string more = "")
    {
        var id = await service.VerifyAsync(number, more);
        await service.PumpAsync();
        return id;
    }

    private static async Task<string?> ProviderOfAsync(TestService service, string id) =>
        (await service.ReadAsync(id)).Attempts[0].GetProperty("provider").GetString();
}
