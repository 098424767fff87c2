using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>The function key in the console: asked for, refused, kept in the tab, sent to this app alone.</summary>
public sealed class ConsoleKeyTests(Chromium browser, ConsoleService service)
    : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_wrong_key_is_said_to_be_wrong_and_another_one_is_asked_for()
    {
        Chromium.Require();
        var page = await browser.OpenAsync();
        await page.GotoAsync($"{service.Address}/console");

        await page.EnterKeyAsync("not-the-key");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("refused this key (401)");
        await page.EnterKeyAsync(ConsoleService.Key);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await page.ShowAsync("health");
        await Expect(page.GetByText("as of ")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_key_that_is_revoked_meanwhile_is_asked_for_again()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);
        await page.ShowAsync("health");

        // Else the page may ask by itself first, and the button is gone before it is pressed.
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
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
        var (page, _) = await browser.OpenAsync(service, watch: opened => opened.Request += (_, request) => asked.Add(request));

        foreach (var address in await page.AllAsync(service))
        {
            await page.ShowAsync(address);
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
}
