using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FlashFunctions.ScenarioTests.Run;
using Microsoft.Playwright;
using SignUp;
using static Microsoft.Playwright.Assertions;

namespace FlashFunctions.BrowserTests;

/// <summary>The sample backend and ./run, each as a process.</summary>
public sealed class SignUpRun : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-browser-").FullName;
    private ServiceProcess? _service;
    private Process? _sample;
    private HttpClient? _simulator;

    /// <summary>Of the sample.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}");

    /// <summary>The tail of the number that rang last on a simulated phone.</summary>
    public async Task<string> CodeAsync(string number)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var phone = JsonElement.Parse(await _simulator!.GetStringAsync(new Uri($"/control/phones/{number[1..]}", UriKind.Relative)));
            if (phone.TryGetProperty("lastCaller", out var caller) && caller.GetString() is { } last)
            {
                return last[^4..];
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "The phone did not ring.");
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
        {
            return;
        }

        _service = await ServiceProcess.ServeAsync(_folder, []);
        _simulator = new HttpClient { BaseAddress = new Uri(_service.Said("simulated phones").Split(' ')[0]) };
        var start = new ProcessStartInfo("dotnet", [typeof(FlashFunctionsClient).Assembly.Location])
        {
            WorkingDirectory = Path.Combine(Root(), "samples", "SignUp"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["SignUp__Address"] = Address.ToString();
        start.Environment["FlashFunctions__Address"] = _service.Said("FlashFunctions");
        start.Environment["FlashFunctions__CallbackUrl"] = new Uri(Address, "callbacks/flashfunctions").ToString();
        _sample = Process.Start(start)!;
        while (await _sample.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Application started", StringComparison.Ordinal))
        {
        }

        _ = _sample.StandardOutput.ReadToEndAsync();
    }

    public ValueTask DisposeAsync()
    {
        _sample?.Kill();
        _sample?.Dispose();
        _service?.Dispose();
        _simulator?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FlashFunctions.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}

/// <summary>The sample's page.</summary>
public sealed class SignUpTests(Chromium browser, SignUpRun run) : IClassFixture<Chromium>, IClassFixture<SignUpRun>
{
    [Fact]
    public async Task A_person_signs_up_by_a_flash_call_after_a_wrong_code()
    {
        Chromium.Require();
        var page = await StartAsync(width: 400);

        await page.GetByLabel("Your phone number").FillAsync("+372 5300-0001");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.Locator("#hint")).ToContainTextAsync("last 4 digits");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Text me instead (in" })).ToBeDisabledAsync();
        await page.GetByLabel("Code").FillAsync(await run.CodeAsync("+37253000001") == "0000" ? "1111" : "0000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Expect(page.Locator("#left")).ToHaveTextAsync("Attempts left: 4");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That code is not right.");
        await page.GetByLabel("Code").FillAsync(await run.CodeAsync("+37253000001"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();

        await Expect(page.Locator(".done")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Signed_callbacks_reach_the_page_and_unsigned_ones_are_refused()
    {
        Chromium.Require();
        var page = await StartAsync();

        await page.GetByLabel("Your phone number").FillAsync("+372 5300-0002");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Delivered.", new() { Timeout = 20_000 });

        using var http = new HttpClient();
        using var forged = new StringContent("""{"status":"REJECTED"}""");
        forged.Headers.Add("webhook-id", "1");
        forged.Headers.Add("webhook-timestamp", DateTimeOffset.FromUnixTimeSeconds(1).ToUnixTimeSeconds().ToString(provider: null));
        forged.Headers.Add("webhook-signature", "v1,AAAA");
        using var answer = await http.PostAsync(new Uri(run.Address, "callbacks/flashfunctions"), forged);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("12", "That is not a phone number")]
    [InlineData("<img src=x onerror=alert(1)>", "That is not a phone number")]
    public async Task A_number_that_is_none_is_refused_in_words(string number, string sentence)
    {
        Chromium.Require();
        var page = await StartAsync();
        page.Dialog += (_, _) => Assert.Fail("A script ran.");

        await page.GetByLabel("Your phone number").FillAsync(number);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(sentence);
    }

    [Theory]
    [InlineData("+37253000003", ColorScheme.Light)]
    [InlineData("+37253000004", ColorScheme.Dark)]
    public async Task The_page_is_accessible_while_a_number_and_while_a_code_is_entered(string number, ColorScheme scheme)
    {
        Chromium.Require();
        var page = await StartAsync(width: 360, scheme);

        await page.AssertAccessibleAsync("number");
        await page.GetByLabel("Your phone number").FillAsync(number);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByLabel("Code")).ToBeFocusedAsync();
        await page.AssertAccessibleAsync("code");
        Assert.Equal("one-time-code", await page.GetByLabel("Code").GetAttributeAsync("autocomplete"));
    }

    private async Task<IPage> StartAsync(int width = 1_280, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await browser.OpenAsync(width, scheme: scheme);
        await page.GotoAsync(run.Address.ToString());
        return page;
    }
}
