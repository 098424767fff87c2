using Microsoft.Playwright;

namespace FlashFunctions.BrowserTests;

/// <summary>
/// A headless Chromium for the tests of a class, one after the other. Where the machine has none, its tests are skipped, and ./test says
/// so.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _test;

    /// <summary>The browser's program: CHROMIUM, or where Debian installs it.</summary>
    private static string? Program { get; } = Array.Find(
        [Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser"],
        path => path is not null && File.Exists(path));

    /// <summary>Whether the machine has one.</summary>
    public static bool IsThere => Program is not null;

    /// <summary>Skips the test where there is no Chromium.</summary>
    public static void Require() =>
        Assert.SkipWhen(Program is null, "There is no Chromium on this machine (apt-get install chromium, or set CHROMIUM).");

    /// <summary>
    /// A page of its own: width and height in pixels, light or dark. Closes those of earlier tests, which still ask the service.
    /// </summary>
    public async Task<IPage> OpenAsync(int width = 1_280, int height = 800, ColorScheme scheme = ColorScheme.Light)
    {
        var test = TestContext.Current.Test!.UniqueID;
        foreach (var earlier in _test == test ? [] : _browser!.Contexts.ToArray())
        {
            await earlier.CloseAsync();
        }

        _test = test;
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
        });
        return await context.NewPageAsync();
    }

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
        {
            return;
        }

        // Five seconds are not enough beside a busy processor.
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
