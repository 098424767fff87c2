using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>
/// Every page of the console where there is nothing to show, where the API refuses, and with what the API can answer at most.
/// </summary>
public sealed class ConsoleStateTests(Chromium browser, ConsoleService service) : IClassFixture<Chromium>
{
    private const string Refusal = """{"errorCode":50,"errorReason":"Temporarily unavailable","details":{"store":["does not answer"]}}""";

    /// <summary>Pages that ask for nothing before somebody does.</summary>
    private static readonly string[] Still = ["rehearse", "fraud/preview"];

    [Theory]
    [InlineData(1_280, ColorScheme.Dark)]
    [InlineData(Pages.Narrow, ColorScheme.Light)]
    public async Task Where_nothing_has_happened_every_list_says_so_and_what_to_do(int width, ColorScheme scheme)
    {
        Chromium.Require();
        var (page, faults) = await browser.OpenAsync(service, width, scheme);
        await page.AnswerAsync(service, ContractExamples.Empty);

        foreach (var address in await page.AllAsync(service))
        {
            await page.ShowAsync(address);

            Assert.Empty(faults.Select(fault => $"{address}: {fault}"));
            Assert.True(
                await page.Locator(".empty").CountAsync() > 0 || Still.Append("accounts/shop").Contains(address, StringComparer.Ordinal),
                $"{address} says nothing.");
            Assert.DoesNotContain("undefined", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain("NaN", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
            await page.AssertAccessibleAsync(address);
            await page.AssertFitsAsync(width, address);
        }
    }

    [Fact]
    public async Task Where_the_API_refuses_every_page_says_what_it_said_and_when_to_come_back()
    {
        Chromium.Require();
        var (page, faults) = await browser.OpenAsync(service);
        var addresses = await page.AllAsync(service);
        await page.RouteAsync("**/manage/**", route => route.FulfillAsync(new()
        {
            Status = 503,
            ContentType = "application/json",
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "7" },
            Body = Refusal,
        }));

        foreach (var address in addresses.Except(Still, StringComparer.Ordinal))
        {
            // Each is opened afresh: a page that has data keeps it.
            await page.GotoAsync($"{service.Address}/healthz");
            await page.GotoAsync($"{service.Address}/console#/{address}");
            await page.ShowAsync(address);

            var alert = page.GetByRole(AriaRole.Alert).First;
            await Expect(alert).ToContainTextAsync("Temporarily unavailable (errorCode 50, HTTP 503)");
            await Expect(alert).ToContainTextAsync("store does not answer");
            await Expect(alert).ToContainTextAsync("Try again in 7 s.");
            await page.AssertAccessibleAsync(address);
        }

        Assert.All(faults, fault => Assert.Contains("503", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_timeline_shows_the_candidates_of_an_attempt_with_intervals_and_reasons()
    {
        Chromium.Require();
        var (page, faults) = await browser.OpenAsync(service);
        await page.AnswerAsync(service, ContractExamples.Of);
        await page.ShowAsync($"requests/{service.RequestId}");

        await page.GetByText("Why this provider").ClickAsync();

        var candidates = page.Locator(".events table");
        await Expect(candidates.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await Expect(candidates).ToContainTextAsync("63 % – 78 %");
        await Expect(candidates).ToContainTextAsync("Its circuit is open there.");
        await page.AssertAccessibleAsync("timeline");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Receivers_that_fail_are_on_the_overview_and_on_the_page_of_callbacks()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);
        await page.AnswerAsync(service, ContractExamples.Of);

        await page.ShowAsync("overview");
        await Expect(page.Locator(".needs")).ToContainTextAsync("shop.example.com:443 of shop does not take callbacks");
        await Expect(page.Locator(".needs")).ToContainTextAsync("3 blocks are in force: 1 by list, 2 by wrong codes.");
        await page.ShowAsync("callbacks");
        var row = page.GetByRole(AriaRole.Table, new() { Name = "Receivers that fail now" }).GetByRole(AriaRole.Row).Last;
        await Expect(row).ToContainTextAsync("HTTP 503.");
        await Expect(row).ToContainTextAsync("3 of 7");
    }

    [Theory]
    [InlineData("routes", "provider,country,hour,")]
    [InlineData("money", "provider,method,country,hour,")]
    public async Task Conversion_is_saved_as_a_file_with_the_key_by_header(string address, string columns)
    {
        Chromium.Require();
        var (page, faults) = await browser.OpenAsync(service);
        await page.ShowAsync(address);

        var download = await page.RunAndWaitForDownloadAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Download as CSV" }).ClickAsync());

        Assert.Equal("conversion.csv", download.SuggestedFilename);
        Assert.StartsWith(columns, await File.ReadAllTextAsync(await download.PathAsync()), StringComparison.Ordinal);
        Assert.Empty(faults);
    }
}
