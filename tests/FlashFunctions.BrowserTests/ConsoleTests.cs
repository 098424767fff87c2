using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using FlashFunctions.ScenarioTests.Run;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>
/// A service as ./run starts it, with something to see on every page, some of it written by somebody who wishes the operator ill.
/// </summary>
public sealed class ConsoleService : IAsyncLifetime
{
    public const string Key = "development-function-key";
    public const string Hostile = "<img src=x onerror=alert(1)>";
    public const string HostileScript = "<script>alert(1)</script>";
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-console-").FullName;
    private ServiceProcess? _service;

    public string Address { get; private set; } = "";

    /// <summary>A verification with a hostile reference.</summary>
    public string RequestId { get; private set; } = "";

    /// <summary>A call of an operator.</summary>
    public async Task<JsonElement> ManageAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/manage/{path}");
        request.Headers.Add("x-functions-key", Key);
        request.Content = body is null ? null : new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await _service!.Http!.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
        {
            return;
        }

        _service = await ServiceProcess.ServeAsync(
            _folder, [], ("Prices__0__Product", "call"), ("Prices__0__Prefix", "372"), ("Prices__0__Price", "0.012"),
            ("Prices__0__Currency", "EUR"));
        Address = _service.Said("FlashFunctions").TrimEnd('/');
        await ManageAsync(
            HttpMethod.Post, "accounts", new { id = "shop", name = Hostile, dailyCap = new { amount = 5, currency = "EUR" } });
        await ManageAsync(HttpMethod.Post, "accounts/shop/tokens", new { label = Hostile });
        await ManageAsync(HttpMethod.Post, "fraud/lists/block", new { scope = "prefix", value = "+37281", note = Hostile });
        await ManageAsync(HttpMethod.Post, "fraud/lists/allow", new { scope = "ip", value = "192.0.2.0/24", note = HostileScript });
        await ManageAsync(HttpMethod.Post, "test-numbers", new { number = "+37255512345", code = "1234", outcome = "late", delay = 5 });
        RequestId = (await SendAsync("/v1/verify", new { number = "+37253000001", method = "call", reference = Hostile })).GetProperty(
            "requestId").GetString()!;
        await SendAsync("/v1/sms", new { number = "+37253000002", text = HostileScript, from = Hostile, reference = HostileScript });
        await _service.UntilPlacedAsync(RequestId);
    }

    public ValueTask DisposeAsync()
    {
        _service?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<JsonElement> SendAsync(string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), new MediaTypeHeaderValue("application/json"));
        using var answer = await _service!.Http!.PostAsync(new Uri(path, UriKind.Relative), content);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>
/// The examples of the contract, with hostile text wherever an account, a provider or an operator may write what they like.
/// </summary>
internal static class HostileExamples
{
    private static readonly string[] Texts =
    [
        "account", "label", "limit", "name", "network", "note", "operator", "provider", "reason", "reference", "seen", "support", "text",
        "value", "why",
        "lastFailure", "from", "raw", "number",
    ];

    /// <summary>The longest example of an answer to GET, or null where the contract has none.</summary>
    public static JsonNode? Of(JsonNode contract, string path)
    {
        var operation = contract["paths"]!.AsObject()
            .Where(
                pair =>
                    Regex.IsMatch(
                        path,
                        $"^{Regex.Replace(pair.Key, @"\{\w+}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(1))}$",
                        RegexOptions.None,
                        TimeSpan.FromSeconds(1)))
            .MinBy(pair => pair.Key.Count(character => character == '{')).Value!["get"]!;
        var examples = operation["responses"]!["200"]!["content"]!["application/json"]!["examples"]!.AsObject()
            .Select(pair => Resolve(contract, pair.Value!)["value"]!)
            .MaxBy(value => value.ToJsonString().Length);
        var copy = examples?.DeepClone();
        Poison(copy);
        return copy;
    }

    private static JsonNode Resolve(JsonNode contract, JsonNode node) => node["$ref"] is { } reference
        ? reference.GetValue<string>()[2..].Split('/').Aggregate(contract, (at, name) => at[name]!)
        : node;

    private static void Poison(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Poison(item);
            }
        }

        foreach (var (name, value) in (node as JsonObject)?.ToArray() ?? [])
        {
            if (value is JsonValue && value.GetValueKind() == JsonValueKind.String && Texts.Contains(name, StringComparer.Ordinal))
            {
                node![name] = ConsoleService.Hostile;
            }

            Poison(value);
        }
    }
}

/// <summary>The console in a browser.</summary>
public sealed class ConsoleTests(Chromium browser, ConsoleService service, ITestOutputHelper output)
    : IClassFixture<Chromium>, IClassFixture<ConsoleService>
{
    private const int Narrow = 360;

    [Fact]
    public async Task Every_page_opens_and_reports_no_error()
    {
        Chromium.Require();
        var (page, faults) = await OpenAsync();

        foreach (var address in await PagesAsync(page))
        {
            await ShowAsync(page, address);

            Assert.Empty((await page.RunAxe()).Violations.Select(each => $"{address}: {each.Id} {each.Nodes[0].Html}"));
            Assert.Empty(faults.Select(fault => $"{address}: {fault}"));
        }
    }

    /// <summary>The API answers with the contract's examples, in which every free text is hostile.</summary>
    [Theory]
    [InlineData(1_280, ColorScheme.Light)]
    [InlineData(Narrow, ColorScheme.Dark)]
    public async Task Hostile_text_in_every_list_stays_text_and_every_page_is_accessible_and_fits(int width, ColorScheme scheme)
    {
        Chromium.Require();
        var (page, faults) = await OpenAsync(width, scheme);
        var contract = JsonNode.Parse(await (await page.APIRequest.GetAsync($"{service.Address}/openapi.json")).TextAsync())!;
        await page.RouteAsync("**/manage/**", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = HostileExamples.Of(contract, new Uri(route.Request.Url).AbsolutePath)!.ToJsonString(),
        }));

        foreach (var address in await PagesAsync(page))
        {
            await ShowAsync(page, address);

            Assert.Empty(faults.Select(fault => $"{address}: {fault}"));
            Assert.Equal(0, await page.Locator("main img, main script, main b, dialog").CountAsync());
            Assert.Empty((await page.RunAxe()).Violations.Select(each => $"{address}: {each.Id} {each.Nodes[0].Html}"));
            Assert.True(
                await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth") <= width,
                $"{address} is wider than {width} pixels.");
        }

        await ShowAsync(page, "callbacks");
        await Expect(page.GetByText(ConsoleService.Hostile).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_number_is_exported_and_erased_after_a_question()
    {
        Chromium.Require();
        var id =
            (await service.ManageAsync(HttpMethod.Post, "accounts/development/verify", new { number = "+37253000044", method = "call" }))
            .GetProperty("requestId")
            .GetString();
        var (page, _) = await OpenAsync();
        await ShowAsync(page, $"requests/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Export what is stored" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("1 requests");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase the number" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Erase" }).ClickAsync();

        await Expect(page.GetByText("Erased: 1 requests")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_number_is_found_and_leads_to_its_timeline()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();
        await ShowAsync(page, "requests");

        await page.GetByLabel("Number, request id or reference").FillAsync("+372 5300 0001");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "+37253000001" }).First.ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Timeline" })).ToBeVisibleAsync();
        await Expect(page.Locator(".events li").First).ToContainTextAsync("ccepted");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copy" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_somebody_sent_is_shown_as_text()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        foreach (var address in new[] { "accounts", "accounts/shop", "fraud/lists", $"requests/{service.RequestId}" })
        {
            await ShowAsync(page, address);
            await Expect(page.GetByText(ConsoleService.Hostile).First).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task A_wrong_key_is_said_to_be_wrong_and_another_one_is_asked_for()
    {
        Chromium.Require();
        var page = await browser.OpenAsync();
        await page.GotoAsync($"{service.Address}/console");

        await EnterAsync(page, "not-the-key");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("refused this key (401)");
        await EnterAsync(page, ConsoleService.Key);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await ShowAsync(page, "health");
        await Expect(page.GetByText("as of ")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_key_that_is_revoked_meanwhile_is_asked_for_again()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();
        await ShowAsync(page, "health");
        await page.RouteAsync("**/manage/**", route => route.FulfillAsync(new() { Status = 401 }));

        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("refused this key (401)");
        await Expect(page.GetByLabel("Function key")).ToBeFocusedAsync();
        Assert.Null(await page.EvaluateAsync<string?>("sessionStorage.getItem('flashfunctions.key')"));
    }

    [Fact]
    public async Task The_key_goes_to_this_app_by_header_alone()
    {
        Chromium.Require();
        var asked = new List<IRequest>();
        var (page, _) = await OpenAsync(watch: opened => opened.Request += (_, request) => asked.Add(request));

        foreach (var address in await PagesAsync(page))
        {
            await ShowAsync(page, address);
        }

        Assert.NotEmpty(asked);
        Assert.All(asked, request =>
        {
            Assert.StartsWith($"{service.Address}/", request.Url, StringComparison.Ordinal);
            Assert.DoesNotContain(ConsoleService.Key, request.Url + request.PostData, StringComparison.Ordinal);
            Assert.Equal(
                request.Url.Contains("/manage/", StringComparison.Ordinal) || request.Url.Contains("/rehearse/", StringComparison.Ordinal),
                request.Headers.ContainsKey("x-functions-key"));
        });
        Assert.Equal("", await page.EvaluateAsync<string>("document.cookie"));
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length"));
    }

    [Fact]
    public async Task While_the_app_does_not_answer_the_page_keeps_what_it_has_and_says_so()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();
        await ShowAsync(page, "health");
        await page.RouteAsync("**/manage/health", route => route.AbortAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh" }).ClickAsync();

        await Expect(page.GetByText("The app does not answer.")).ToBeVisibleAsync();
        await Expect(page.GetByText("as of ")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Providers" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_the_API_refuses_is_said_in_its_words()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();
        await ShowAsync(page, "fraud/lists");

        await page.GetByLabel("Value").FillAsync("not a prefix");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("errorCode 10");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("value");
    }

    [Fact]
    public async Task A_deleted_entry_of_a_list_comes_back_by_undo()
    {
        Chromium.Require();
        await service.ManageAsync(HttpMethod.Post, "fraud/lists/block", new { scope = "prefix", value = "+37282", note = "to be undone" });
        var (page, _) = await OpenAsync();
        await ShowAsync(page, "fraud/lists");

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete +37282 from the block list" }).ClickAsync();
        await Expect(page.GetByText("+37282 is off the block list.")).ToBeVisibleAsync();
        await Expect(page.GetByText("to be undone")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Expect(page.GetByText("to be undone")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_token_s_secret_is_shown_once_and_the_account_is_stopped_after_a_question()
    {
        Chromium.Require();
        await service.ManageAsync(HttpMethod.Post, "accounts", new { id = "once" });
        var (page, _) = await OpenAsync();
        await ShowAsync(page, "accounts/once");

        await page.GetByRole(AriaRole.Button, new() { Name = "New token" }).First.ClickAsync();
        await page.GetByLabel("What it is for").FillAsync("checkout");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        var shown = await page.Locator("dialog code").InnerTextAsync();
        Assert.Matches("^[^:]{8,}:.{20,}$", shown);
        await page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(page.GetByText("checkout")).ToBeVisibleAsync();
        Assert.DoesNotContain(shown.Split(':')[1], await page.ContentAsync(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop everything" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Stop everything" }).ClickAsync();
        await Expect(page.GetByText("Stopped: 0 verifications, 0 calls, 0 messages.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_opens_a_page_and_leads_to_its_content()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Accounts" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Accounts" })).ToBeFocusedAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Accounts" })).ToHaveAttributeAsync("aria-current", "page");
    }

    [Fact]
    public async Task It_weighs_less_than_150_KB_and_scripts_take_less_than_100_ms_until_something_is_painted()
    {
        Chromium.Require();
        var (page, _) = await OpenAsync();
        var names = await PagesAsync(page);
        foreach (var address in names)
        {
            await ShowAsync(page, address);
        }

        var weight = await page.EvaluateAsync<JsonElement>(
            """
            () => performance.getEntries().filter(each => each.entryType === 'navigation' || (each.name.includes('/console/') && !each.name.includes('rehearse')))
              .reduce((sum, each) => ({ content: sum.content + each.decodedBodySize, sent: sum.sent + each.encodedBodySize }), { content: 0, sent: 0 })
            """);
        var measure = await page.Context.NewCDPSessionAsync(page);
        await measure.SendAsync("Performance.enable");
        await page.ReloadAsync();
        await page.Locator("h1").WaitForAsync();
        var metrics = (await measure.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(
                metric => metric.GetProperty("name").GetString()!,
                metric => metric.GetProperty("value").GetDouble(),
                StringComparer.Ordinal);
        var painted = await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0");

        output.WriteLine($"{names.Length} pages: {weight.GetProperty("content")} bytes, {weight.GetProperty("sent")} sent; "
            + $"script {1_000 * metrics["ScriptDuration"]:F0} ms until the heading is there, first paint after {painted:F0} ms");
        Assert.InRange(weight.GetProperty("content").GetInt32(), 10_000, 150_000);
        Assert.InRange(1_000 * metrics["ScriptDuration"], 0, 100);
    }

    private static async Task EnterAsync(IPage page, string key)
    {
        await page.GetByLabel("Function key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Open the console" }).ClickAsync();
    }

    /// <summary>Every page of the menu, and what they lead to.</summary>
    private async Task<string[]> PagesAsync(IPage page)
    {
        var menu = await page.Locator(
            "#pages a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href').slice(2))");
        var tabs = new List<string>();
        foreach (var address in menu)
        {
            await ShowAsync(page, address);
            tabs.AddRange(
                await page.Locator(".tabs a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href').slice(2))"));
        }

        return [.. menu.Concat(tabs).Append("accounts/shop").Append($"requests/{service.RequestId}").Distinct(StringComparer.Ordinal)];
    }

    private static async Task ShowAsync(IPage page, string address)
    {
        await page.EvaluateAsync("address => { location.hash = '#/' + address; }", address);
        await page.WaitForFunctionAsync(
            "address => document.querySelector('main h1') && !document.querySelector('[aria-busy]') && location.hash === '#/' + address",
            address);
    }

    /// <summary>The console with the key in the tab, and what it reports: errors, and dialogs of scripts.</summary>
    private async Task<(
        IPage Page, List<string> Faults)> OpenAsync(int width = 1_280, ColorScheme scheme = ColorScheme.Light, Action<IPage>? watch = null)
    {
        var faults = new List<string>();
        var page = await browser.OpenAsync(width, scheme: scheme);
        page.Dialog += (_, dialog) => faults.Add($"A script ran: {dialog.Message}");
        page.PageError += (_, error) => faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Add(message.Text);
            }
        };
        watch?.Invoke(page);
        await page.AddInitScriptAsync($"sessionStorage.setItem('flashfunctions.key', '{ConsoleService.Key}')");
        await page.GotoAsync($"{service.Address}/console");
        await page.Locator("main h1").WaitForAsync();
        return (page, faults);
    }
}
