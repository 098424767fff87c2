using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>Every page of the console: opens, is accessible, fits, shows text as text, weighs little.</summary>
public sealed class ConsoleTests(Chromium browser, ConsoleService service, ITestOutputHelper output)
    : IClassFixture<Chromium>
{
    [Fact]
    public async Task Every_page_opens_and_reports_no_error()
    {
        Chromium.Require();
        var (page, faults) = await browser.OpenAsync(service);

        foreach (var address in await page.AllAsync(service))
        {
            await page.ShowAsync(address);

            await page.AssertAccessibleAsync(address);
            Assert.Empty(faults.Select(fault => $"{address}: {fault}"));
        }
    }

    /// <summary>The API answers with the contract's examples, in which every free text is hostile.</summary>
    [Theory]
    [InlineData(1_280, ColorScheme.Light)]
    [InlineData(Pages.Narrow, ColorScheme.Dark)]
    public async Task Hostile_text_in_every_list_stays_text_and_every_page_is_accessible_and_fits(int width, ColorScheme scheme)
    {
        Chromium.Require();
        var (page, faults) = await browser.OpenAsync(service, width, scheme);
        await page.AnswerAsync(service, ContractExamples.Hostile);

        foreach (var address in await page.AllAsync(service))
        {
            await page.ShowAsync(address);

            Assert.Empty(faults.Select(fault => $"{address}: {fault}"));
            Assert.Equal(0, await page.Locator("main img, main script, main b, dialog").CountAsync());
            await page.AssertAccessibleAsync(address);
            await page.AssertFitsAsync(width, address);
        }

        await page.ShowAsync("callbacks");
        await Expect(page.GetByText(ConsoleService.Hostile).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_somebody_sent_is_shown_as_text()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);

        foreach (var address in new[] { "accounts", "accounts/shop", "fraud/lists", $"requests/{service.RequestId}" })
        {
            await page.ShowAsync(address);
            await Expect(page.GetByText(ConsoleService.Hostile).First).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task While_the_app_does_not_answer_the_page_keeps_what_it_has_and_says_so()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);
        await page.ShowAsync("health");
        await page.RouteAsync("**/manage/health", route => route.AbortAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Refresh" }).ClickAsync();

        await Expect(page.GetByText("The app does not answer.")).ToBeVisibleAsync();
        await Expect(page.GetByText("as of ")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Providers" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_opens_a_page_and_leads_to_its_content()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);

        await page.GetByRole(AriaRole.Link, new() { Name = "Accounts" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Accounts" })).ToBeFocusedAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Accounts" })).ToHaveAttributeAsync("aria-current", "page");
    }

    [Fact]
    public async Task It_weighs_less_than_150_KB_and_scripts_take_less_than_100_ms_until_something_is_painted()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);
        var names = await page.AllAsync(service);
        foreach (var address in names)
        {
            await page.ShowAsync(address);
        }

        var weight = await page.EvaluateAsync<JsonElement>(
            """
            () => performance.getEntries()
              .filter(each => each.entryType === 'navigation'
                || (each.name.includes('/console/') && !each.name.includes('rehearse')))
              .reduce(
                (sum, each) => ({ content: sum.content + each.decodedBodySize, sent: sum.sent + each.encodedBodySize }),
                { content: 0, sent: 0 })
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
}
