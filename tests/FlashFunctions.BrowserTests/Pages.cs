using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace FlashFunctions.BrowserTests;

/// <summary>What the tests of the console's pages have in common.</summary>
internal static class Pages
{
    /// <summary>The width in pixels of the narrowest phone that pages are made for.</summary>
    public const int Narrow = 360;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>An expression that gives up after a second.</summary>
    public static Regex Pattern(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>A page, and what its console complains of from then on: errors, and dialogs of scripts.</summary>
    public static async Task<(IPage Page, List<string> Faults)> OpenWatchedAsync(
        this Chromium browser, int width, int height, ColorScheme scheme)
    {
        var faults = new List<string>();
        var page = await browser.OpenAsync(width, height, scheme);
        page.Dialog += (_, dialog) => faults.Add($"A script ran: {dialog.Message}");
        page.PageError += (_, error) => faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Add(message.Text);
            }
        };
        return (page, faults);
    }

    /// <summary>The console of a service, with the key in the tab.</summary>
    public static async Task<(IPage Page, List<string> Faults)> OpenAsync(
        this Chromium browser, ConsoleService service, int width = 1_280, ColorScheme scheme = ColorScheme.Light,
        Action<IPage>? watch = null)
    {
        var (page, faults) = await browser.OpenWatchedAsync(width, 800, scheme);
        watch?.Invoke(page);
        await page.AddInitScriptAsync($"sessionStorage.setItem('flashfunctions.key', '{ConsoleService.Key}')");
        await page.GotoAsync($"{service.Address}/console");
        await page.Locator("main h1").WaitForAsync();
        return (page, faults);
    }

    /// <summary>Shows a page of the console, and waits until everything on it has come.</summary>
    public static async Task ShowAsync(this IPage page, string address)
    {
        await page.EvaluateAsync("address => { location.hash = '#/' + address; }", address);
        await page.WaitForFunctionAsync(
            """
            address => document.querySelector('.view')?.dataset.shows === address
              && document.querySelector('main h1') && !document.querySelector('[aria-busy]')
            """,
            address);
    }

    /// <summary>Every page of the menu, and what they lead to.</summary>
    public static async Task<string[]> AllAsync(this IPage page, ConsoleService service)
    {
        const string Addresses = "links => links.map(link => link.getAttribute('href').slice(2))";
        var menu = await page.Locator("#pages a").EvaluateAllAsync<string[]>(Addresses);
        var tabs = new List<string>();
        foreach (var address in menu)
        {
            await page.ShowAsync(address);
            tabs.AddRange(await page.Locator(".tabs a").EvaluateAllAsync<string[]>(Addresses));
        }

        return [.. menu.Concat(tabs).Append("accounts/shop").Append($"requests/{service.RequestId}").Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Enters a function key where it is asked for.</summary>
    public static async Task EnterKeyAsync(this IPage page, string key)
    {
        await page.GetByLabel("Function key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Open the console" }).ClickAsync();
    }

    /// <summary>From now on the API answers with examples of its contract.</summary>
    public static async Task AnswerAsync(this IPage page, ConsoleService service, Func<JsonNode, string, JsonNode?> example)
    {
        var contract = JsonNode.Parse(await (await page.APIRequest.GetAsync($"{service.Address}/openapi.json")).TextAsync())!;
        await page.RouteAsync("**/manage/**", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = example(contract, new Uri(route.Request.Url).AbsolutePath)!.ToJsonString(),
        }));
    }

    /// <summary>
    /// axe finds nothing. It is loaded once into a document, and lists violations alone: by RunAxe it took twice as long.
    /// </summary>
    public static async Task AssertAccessibleAsync(this IPage page, string where)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        Assert.Empty((await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run({ resultTypes: ['violations'] })).violations.map(each => `${each.id} ${each.nodes[0].html}`)
            """)).Select(violation => $"{where}: {violation}"));
    }

    /// <summary>Nothing has to be scrolled sideways.</summary>
    public static async Task AssertFitsAsync(this IPage page, int width, string where)
    {
        var needed = await page.EvaluateAsync<int>("document.scrollingElement.scrollWidth");
        Assert.True(needed <= width, $"{where} needs {needed} pixels, not {width}.");
    }
}
