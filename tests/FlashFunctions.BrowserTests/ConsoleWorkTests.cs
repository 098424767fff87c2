using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>What operators do in the console.</summary>
public sealed class ConsoleWorkTests(Chromium browser, ConsoleService service)
    : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_number_is_found_and_leads_to_its_timeline()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);
        await page.ShowAsync("requests");

        await page.GetByLabel("Number, request id or reference").FillAsync("+372 5300 0001");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "+37253000001" }).First.ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Timeline" })).ToBeVisibleAsync();
        await Expect(page.Locator(".events li").First).ToContainTextAsync("ccepted");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copy" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_number_is_exported_and_erased_after_a_question()
    {
        Chromium.Require();
        var id =
            (await service.ManageAsync(HttpMethod.Post, "accounts/development/verify", new { number = "+37253000044", method = "call" }))
            .GetProperty("requestId")
            .GetString();
        var (page, _) = await browser.OpenAsync(service);
        await page.ShowAsync($"requests/{id}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Export what is stored" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("1 requests");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Erase the number" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Erase" }).ClickAsync();

        await Expect(page.GetByText("Erased: 1 requests")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_deleted_entry_of_a_list_comes_back_by_undo()
    {
        Chromium.Require();
        await service.ManageAsync(HttpMethod.Post, "fraud/lists/block", new { scope = "prefix", value = "+37282", note = "to be undone" });
        var (page, _) = await browser.OpenAsync(service);
        await page.ShowAsync("fraud/lists");

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
        var (page, _) = await browser.OpenAsync(service);
        await page.ShowAsync("accounts/once");

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
    public async Task What_the_API_refuses_is_said_in_its_words()
    {
        Chromium.Require();
        var (page, _) = await browser.OpenAsync(service);
        await page.ShowAsync("fraud/lists");

        await page.GetByLabel("Value").FillAsync("not a prefix");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("errorCode 10");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("value");
    }
}
