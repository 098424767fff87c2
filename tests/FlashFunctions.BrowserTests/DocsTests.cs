using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>The page of the API's contract in a browser.</summary>
public sealed class DocsTests(Chromium browser, ConsoleService service) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData(1_280, ColorScheme.Light)]
    [InlineData(Pages.Narrow, ColorScheme.Dark)]
    public async Task The_page_is_accessible_and_fits(int width, ColorScheme scheme)
    {
        Chromium.Require();
        var page = await browser.OpenAsync(width, scheme: scheme);
        await page.GotoAsync($"{service.Address}/docs");

        // The page shows what the search finds; all of it would take half a minute to look at.
        await page.GetByRole(AriaRole.Searchbox).FillAsync("/v1/verify start");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try it" }).First.ClickAsync();

        await page.AssertAccessibleAsync("docs");
        await page.AssertFitsAsync(width, "docs");
    }

    [Fact]
    public async Task Try_it_calls_the_service_and_shows_the_answer()
    {
        Chromium.Require();
        var page = await browser.OpenAsync();
        await page.GotoAsync($"{service.Address}/docs");
        var verify = page.Locator("article").Filter(new() { Has = page.Locator(".path", new() { HasTextString = "/v1/verify" }) }).First;

        await verify.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await verify.GetByLabel("Key id").FillAsync("dev");
        await verify.GetByLabel("Secret").FillAsync("wrong");
        await verify.GetByLabel("Body").FillAsync("""{"number":"+37253000077","method":"call"}""");
        await verify.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(verify.GetByRole(AriaRole.Status)).ToContainTextAsync("401");
        await verify.GetByLabel("Secret").FillAsync("dev-secret");
        await verify.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Expect(verify.GetByRole(AriaRole.Status)).ToContainTextAsync("202");
        await Expect(verify.GetByRole(AriaRole.Status)).ToContainTextAsync("ACCEPTED");
    }

    [Fact]
    public async Task The_check_for_accessibility_finds_what_is_wrong()
    {
        Chromium.Require();
        var page = await browser.OpenAsync();
        await page.GotoAsync($"{service.Address}/docs");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("nothing is found by this");
        await page.EvaluateAsync("document.querySelector('main').append(new Image())");

        var failed = await Assert.ThrowsAnyAsync<Exception>(() => page.AssertAccessibleAsync("docs"));

        Assert.Contains("docs: image-alt <img", failed.Message, StringComparison.Ordinal);
    }
}
