using System.Text;
using System.Text.RegularExpressions;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 1: a code is derived, hashed or encrypted, never stored, and never told.</summary>
public sealed partial class Rule01CodesTests
{
    private static readonly string[] AllProviders = ["unibell", "revicom", "bird", "lanck"];

    [Fact]
    public async Task Nothing_secret_is_at_rest_or_in_a_log_or_in_an_answer()
    {
        using var log = new LogBook();
        await using var service = await TestService.StartAsync(LogBook.Everything, log.Attach);
        var secrets = new List<string>();
        var numbers = new List<string>();
        var answers = new List<Answer>();
        foreach (var (index, provider) in AllProviders.Index())
        {
            var number = Phones.Of(5_100 + index);
            var id = await service.VerifyByAsync(number, provider, "lanck");
            await service.PumpAsync();
            await service.PassAsync(TimeSpan.FromSeconds(75));
            var calls = service.Simulator.Phone(number)!.History;
            Assert.Equal(2, calls.Count);
            secrets.AddRange(calls.Select(call => call.From!));
            numbers.Add(number[1..]);
            answers.Add(await service.CheckAsync(id, service.WrongCodeFor(number)));
            answers.Add(await service.ReadAsync(id));
            answers.Add(await service.CheckAsync(id, service.CodeOn(number)));
            answers.Add(await service.ReadAsync(id));
        }

        await service.PumpAsync();

        var atRest = Encoding.Latin1.GetString(service.BytesAtRest());
        var logged = string.Join('\n', log.Lines);
        Assert.Equal(8, secrets.Count);
        Assert.All(secrets, caller => Assert.DoesNotContain(caller, atRest, StringComparison.Ordinal));
        Assert.All(secrets, caller => Assert.DoesNotContain(caller, logged, StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.All(secrets, caller => Assert.DoesNotContain(caller, answer.Body, StringComparison.Ordinal)));
        Assert.All(numbers, number => Assert.DoesNotContain(number, logged, StringComparison.Ordinal));
        Assert.All(
            (string[])
            [
                ServiceHost.Secret, ServiceHost.UnibellWebhookToken, SimulatorDefaults.UnibellAccessKey, SimulatorDefaults.UnibellAppKey,
                SimulatorDefaults.RevicomMessageToken, SimulatorDefaults.RevicomConversionToken, SimulatorDefaults.BirdAccessKey,
                SimulatorDefaults.BirdSigningKey, SimulatorDefaults.LanckSecret,
            ],
            secret => Assert.DoesNotContain(secret, logged + atRest, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("revicom")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task The_code_stands_nowhere_in_the_store_the_log_or_an_answer(string provider)
    {
        // Four digits turn up by chance in ids and times, so the words of the store and the log are looked through, not their bytes.
        using var log = new LogBook();
        await using var service = await TestService.StartAsync(LogBook.Everything, log.Attach);
        var id = await service.VerifyByAsync(Phones.Ordinary, provider);
        await service.PumpAsync();
        var code = service.CodeOn(Phones.Ordinary);
        var request = await service.ReadAsync(id);
        var check = await service.CheckAsync(id, code);
        await service.PumpAsync();

        Assert.Equal("VERIFIED", check.Text("status"));
        Assert.DoesNotContain(code, Words(request.Body));
        Assert.DoesNotContain(code, Words(check.Body));
        var atRest = Words(Encoding.Latin1.GetString(service.BytesAtRest()));
        Assert.Contains(id, atRest);
        Assert.DoesNotContain(code, atRest);
        Assert.DoesNotContain(code, Words(TimesAndFractions().Replace(string.Join('\n', log.Lines), "")));
    }

    [Fact]
    public async Task A_code_that_the_caller_gives_is_encrypted_until_its_call_is_placed_and_then_erased()
    {
        var journal = new Journal();
        string? whilePlacing = null;
        await using var service = await TestService.StartAsync(services: journal.Attach);
        journal.Before = async operation =>
        {
            if (operation.Verb == "Place")
            {
                var placement = (Core.Providers.Placement)operation.Arguments[0]!;
                whilePlacing = (await service.StoredAsync(placement.Attempt.RequestId)).Content.Code!.Given;
            }
        };

        var answer = await service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}","code":"4821"}""");

        Assert.Equal(200, answer.Status);
        Assert.EndsWith("4821", answer.Text("from"), StringComparison.Ordinal);
        Assert.NotNull(whilePlacing);
        Assert.DoesNotContain("4821", whilePlacing, StringComparison.Ordinal);
        Assert.Null((await service.StoredAsync(answer.Text("requestId"))).Content.Code!.Given);
    }

    [Fact]
    public async Task Queue_messages_hold_no_number_and_no_code()
    {
        var journal = new Journal();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        var id = await service.VerifyByAsync(Phones.Ordinary, "bird", "lanck");
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PumpAsync();

        string[] messages =
            [.. journal.Operations.Where(operation => operation.Verb == "Send").Select(operation => (string)operation.Arguments[0]!)];

        Assert.Equal(3, messages.Length);
        Assert.All(messages, message => Assert.DoesNotContain(Phones.Ordinary[1..], message, StringComparison.Ordinal));
        Assert.All(messages, message => Assert.DoesNotContain(service.CodeOn(Phones.Ordinary), Words(message)));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_code_has_the_length_that_was_asked_for(int length)
    {
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyAsync(Phones.Ordinary, $$""","codeLength":{{length}}""" + Steps.CallsBy("lanck"));
        await service.PumpAsync();
        var code = service.CodeOn(Phones.Ordinary, length);

        Assert.Equal("WRONG_CODE", (await service.CheckAsync(id, length < 6 ? code + "0" : code[1..])).Text("status"));
        Assert.Equal("VERIFIED", (await service.CheckAsync(id, code)).Text("status"));
        Assert.Equal(new string('*', length), (await service.ReadAsync(id)).Text("from")[^length..]);
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task The_whole_caller_number_counts_where_the_provider_tells_it(string provider)
    {
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyByAsync(Phones.Ordinary, provider);
        await service.PumpAsync();
        var caller = service.Simulator.Phone(Phones.Ordinary)!.LastCaller!;
        var other = $"9{caller[1..]}";

        Assert.Equal("WRONG_CODE", (await CheckCallerAsync(service, id, other)).Text("status"));
        Assert.Equal("VERIFIED", (await CheckCallerAsync(service, id, "+" + caller)).Text("status"));
    }

    [Fact]
    public async Task The_tail_of_the_caller_number_counts_where_the_provider_does_not_tell_it()
    {
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyByAsync(Phones.Ordinary, "revicom");
        await service.PumpAsync();

        Assert.Equal(
            "WRONG_CODE", (await CheckCallerAsync(service, id, $"+1202555{service.WrongCodeFor(Phones.Ordinary)}")).Text("status"));
        Assert.Equal("VERIFIED", (await CheckCallerAsync(service, id, $"+1202555{service.CodeOn(Phones.Ordinary)}")).Text("status"));
    }

    [Fact]
    public async Task A_request_is_checked_with_the_key_that_it_was_made_with_after_the_keys_rotated()
    {
        var oldKey = Convert.ToBase64String(Encoding.ASCII.GetBytes("an old key that is long enough ..."));
        var newKey = Convert.ToBase64String(Encoding.ASCII.GetBytes("a new key that is long enough ...."));
        var old = new Settings
        {
            ["Security:CodeKeys:k1"] = oldKey,
            ["Security:ActiveCodeKey"] = "k1",
        };
        await using var service = await TestService.StartAsync(old);
        var id = await service.VerifyByAsync(Phones.Ordinary, "lanck");
        await service.PumpAsync();

        await service.RestartAsync(new Settings(old)
        {
            ["Security:CodeKeys:k2"] = newKey,
            ["Security:ActiveCodeKey"] = "k2",
        });
        var newer = await service.VerifyByAsync(Phones.Of(2), "lanck");

        Assert.Equal("k2", (await service.StoredAsync(newer)).Content.Code!.KeyId);
        Assert.Equal("VERIFIED", (await service.CheckAsync(id, service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    private static Task<Answer> CheckCallerAsync(TestService service, string id, string caller) =>
        service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","cli":"{{caller}}"}""");

    [GeneratedRegex("[0-9]+([.:-][0-9]+)+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TimesAndFractions();

    private static HashSet<string> Words(string text) =>
        text.Split([.. text.Where(character => !char.IsAsciiLetterOrDigit(character)).Distinct()]).ToHashSet(StringComparer.Ordinal);
}
