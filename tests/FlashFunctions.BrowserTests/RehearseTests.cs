using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using FlashFunctions.ScenarioTests.Run;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>The service as ./run starts it.</summary>
public sealed class RehearsalService : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-rehearse-").FullName;
    private ServiceProcess? _service;

    public string Address { get; private set; } = "";

    public HttpClient Http => _service!.Http!;

    /// <summary>All providers up, webhooks once.</summary>
    public async Task ResetAsync()
    {
        foreach (var (path, body) in ((string, string)[])
        [
            ("providers/unibell", """{"mode":"up"}"""), ("providers/revicom", """{"mode":"up"}"""), ("webhooks", """{"twice":false}"""),
        ])
        {
            using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
            using var answer = await Http.PutAsync(new Uri($"/rehearse/{path}", UriKind.Relative), content);
            answer.EnsureSuccessStatusCode();
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
        {
            return;
        }

        _service = await ServiceProcess.ServeAsync(_folder);
        _service.Http!.DefaultRequestHeaders.Add("x-functions-key", ConsoleService.Key);
        Address = _service.Said("FlashFunctions").Split(' ')[0].TrimEnd('/');
    }

    public ValueTask DisposeAsync()
    {
        _service?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Rehearsals in a browser: the phone on the page, the flow beside it, and what goes wrong when it is asked to.</summary>
public sealed class RehearseTests(Chromium browser, RehearsalService service)
    : IClassFixture<Chromium>, IClassFixture<RehearsalService>
{
    private static readonly string[] Stages = ["http", "tables", "queue", "provider", "phone", "webhook", "check", "report"];

    [Fact]
    public async Task A_newcomer_is_led_to_a_phone_that_rings_and_verifies_its_number()
    {
        Chromium.Require();
        var (page, faults) = await OpenAsync();

        await StartAsync(page);
        await Expect(page.Locator(".phone.ringing .banner.now")).ToContainTextAsync("Incoming call");
        await Expect(page.Locator(".app .hint")).ToContainTextAsync("last 4 digits");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Pages.Pattern("^Enter the digits") }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify", Exact = true }).ClickAsync();

        await Expect(page.Locator(".end.good")).ToContainTextAsync("Number verified");
        foreach (var stage in Stages)
        {
            await Expect(Stage(page, stage)).ToHaveClassAsync("done");
            Assert.Matches(Milliseconds(), await Stage(page, stage).Locator(".took").InnerTextAsync());
        }

        Assert.All(await page.Locator(".figures dd").AllInnerTextsAsync(), figure => Assert.Matches(Milliseconds(), figure));
        await page.GetByText("Everything that happened").ClickAsync();
        await Expect(page.Locator(".log tbody tr").Filter(new() { HasText = "Requests insert" })).ToBeVisibleAsync();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task By_keyboard_alone_a_wrong_code_is_refused_and_the_right_one_taken()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByLabel("Number", new() { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("Code", new() { Exact = true })).ToBeFocusedAsync();
        var code = await page.Locator(".banner mark").InnerTextAsync();
        await page.Keyboard.TypeAsync(code == "0000" ? "1111" : "0000");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".app .answer")).ToHaveTextAsync("That is not the code. 4 tries left.");
        await Expect(Stage(page, "check")).ToHaveClassAsync("failed");
        await page.Keyboard.TypeAsync(code);
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".end.good")).ToBeVisibleAsync();
        await Expect(Stage(page, "check")).ToHaveClassAsync("done");
    }

    [Fact]
    public async Task A_message_shows_its_text_and_its_code_can_be_entered()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByLabel("Send").SelectOptionAsync("sms");
        await StartAsync(page);
        await Expect(page.Locator(".banner")).ToContainTextAsync("Message from");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Pages.Pattern("^Enter the digits") }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify", Exact = true }).ClickAsync();

        await Expect(page.Locator(".end.good")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_slow_provider_is_seen_to_be_slow()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await ToggleAsync(page, "Slow provider");
        await StartAsync(page);

        await Expect(page.Locator(".banner.now")).ToBeVisibleAsync();
        await Expect(Stage(page, "provider")).ToHaveClassAsync("running");
        await Expect(Stage(page, "provider").Locator(".took")).ToHaveTextAsync(Pages.Pattern(@"^[1-9]\.\d+ s$"));
    }

    [Fact]
    public async Task A_provider_that_is_down_leaves_the_step_to_the_next()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await ToggleAsync(page, "Provider down");
        await StartAsync(page);

        await Expect(Stage(page, "provider").Locator(".what")).ToHaveTextAsync("unibell not sent, revicom placed");
        await Expect(page.Locator(".banner.now")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_webhook_that_comes_twice_changes_nothing_the_second_time()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await ToggleAsync(page, "Webhook twice");
        await StartAsync(page);

        await Expect(Stage(page, "webhook").Locator(".what")).ToHaveTextAsync(Pages.Pattern("^[2468] taken in, the last says DELIVERED$"));
        await Expect(page.Locator(".caption")).ToContainTextAsync("1 call");
    }

    [Fact]
    public async Task A_process_that_is_killed_while_the_phone_rings_comes_back_and_the_code_still_verifies()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await StartAsync(page);
        await Expect(page.Locator(".banner.now")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Kill the process" }).ClickAsync();
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("was killed", new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Pages.Pattern("^Enter the digits") }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify", Exact = true }).ClickAsync();

        await Expect(page.Locator(".end.good")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(page.Locator(".caption")).ToContainTextAsync("1 call");
    }

    [Fact]
    public async Task A_pumping_attack_shows_what_the_fraud_guard_refuses_and_ends_when_asked()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Start a pumping attack" }).ClickAsync();
        var premium = page.Locator("tr").Filter(new() { HasText = "number type" });
        await Expect(premium).ToContainTextAsync("refused", new() { Timeout = 20_000 });
        await Expect(premium).ToContainTextAsync("premium");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop the attack" }).ClickAsync();

        await Expect(page.Locator(".sum")).ToContainTextAsync("It is over.");
    }

    [Fact]
    public async Task A_call_that_something_else_asked_for_rings_on_the_page_of_its_number()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByLabel("Number", new() { Exact = true }).FillAsync("+37253009101");
        using var form = new FormUrlEncodedContent([new("number", "+37253009101"), new("method", "call")]);
        using var answer = await service.Http.PostAsync(new Uri("/v1/verify", UriKind.Relative), form);

        await Expect(page.Locator(".phone.ringing .banner.now")).ToContainTextAsync("Incoming call");
    }

    [Fact]
    public async Task A_number_that_is_typed_says_how_its_phone_behaves()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByLabel("Number", new() { Exact = true }).FillAsync("+37253009163");
        await Expect(page.Locator(".meaning")).ToHaveTextAsync("The phone is off: undelivered.");
        await StartAsync(page);

        await Expect(Stage(page, "phone")).ToHaveClassAsync("failed");
        await Expect(Stage(page, "webhook").Locator(".what")).ToContainTextAsync("UNDELIVERED");
    }

    [Fact]
    public async Task The_sound_can_be_switched_off_and_stays_off()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sound on" }).ClickAsync();
        await page.ReloadAsync();

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sound off" })).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [Fact]
    public async Task What_the_service_refuses_is_said_in_its_own_words()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByLabel("Number", new() { Exact = true }).FillAsync(ConsoleService.Hostile);
        await StartAsync(page);

        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("errorCode 11");
        Assert.Equal(0, await page.Locator("main img").CountAsync());
    }

    [Fact]
    public async Task What_a_message_says_is_shown_as_text()
    {
        Chromium.Require();
        var (page, faults) = await OpenAsync();
        await StartAsync(page);
        await Expect(page.Locator(".banner.now")).ToBeVisibleAsync();

        var number = (await page.Locator(".caption").InnerTextAsync()).Split(' ')[0];
        using var form = new FormUrlEncodedContent([new("number", number), new("text", ConsoleService.Hostile), new("from", "Mallory")]);
        using var answer = await service.Http.PostAsync(new Uri("/v1/sms", UriKind.Relative), form);

        await Expect(page.Locator(".banner .text")).ToHaveTextAsync(ConsoleService.Hostile);
        Assert.Equal(0, await page.Locator("main img, main script").CountAsync());
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_another_one_asked_for()
    {
        Chromium.Require();
        var page = await browser.OpenAsync();
        await page.AddInitScriptAsync("sessionStorage.setItem('flashfunctions.key', 'not-the-key')");
        await page.GotoAsync($"{service.Address}/");

        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("refused this key (401)");
        await Expect(page.GetByLabel("Function key")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData(1_280, ColorScheme.Light)]
    [InlineData(1_280, ColorScheme.Dark)]
    [InlineData(Pages.Narrow, ColorScheme.Light)]
    [InlineData(Pages.Narrow, ColorScheme.Dark)]
    public async Task It_is_accessible_and_fits_while_nothing_rings_while_it_rings_and_afterwards(int width, ColorScheme scheme)
    {
        Chromium.Require();
        var (page, faults) = await OpenAsync(width, scheme);

        await CheckAsync();
        await StartAsync(page);
        await Expect(page.Locator(".banner.now")).ToBeVisibleAsync();
        await Expect(Stage(page, "webhook")).ToHaveClassAsync("done");
        await CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Pages.Pattern("^Enter the digits") }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Verify", Exact = true }).ClickAsync();
        await Expect(Stage(page, "report")).ToHaveClassAsync("done");
        await page.GetByText("Everything that happened").ClickAsync();
        await CheckAsync();
        Assert.Empty(faults);

        async Task CheckAsync()
        {
            await page.AssertAccessibleAsync("rehearse");
            await page.AssertFitsAsync(width, "rehearse");
        }
    }

    private static Regex Milliseconds() => Pages.Pattern(@"^[\d.]+ m?s$");

    private static ILocator Stage(IPage page, string name) => page.Locator($".flow [data-stage={name}]");

    private static Task StartAsync(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Verify this number" }).ClickAsync();

    private static async Task ToggleAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = name })).ToHaveAttributeAsync("aria-pressed", "true");
    }

    /// <summary>The page as a newcomer opens it, with every provider up; and what its console complains of.</summary>
    private async Task<(IPage Page, List<string> Faults)> OpenAsync(int width = 1_280, ColorScheme scheme = ColorScheme.Light)
    {
        await service.ResetAsync();
        var (page, faults) = await browser.OpenWatchedAsync(width, 900, scheme);
        await page.GotoAsync($"{service.Address}/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Rehearse");
        await Expect(page.GetByLabel("Number", new() { Exact = true })).ToHaveValueAsync(Pages.Pattern(@"^\+372"));
        return (page, faults);
    }
}
