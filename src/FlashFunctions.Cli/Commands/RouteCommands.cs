using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>routes show, changes, failing.</summary>
internal static class RouteCommands
{
    public static Command Create(Shell shell)
    {
        var number = new Argument<string>("number") { Description = "The phone number, with its plus and country code." };
        var method = new Option<string>("--method") { Description = "call, sms or voice.", DefaultValueFactory = _ => "call" };
        var length = new Option<int>("--code-length") { Description = "Digits of the code, 4 to 6.", DefaultValueFactory = _ => 4 };
        return new Command("routes", "Where verifications go.")
        {
            shell.Command(
                "show",
                "What a verification of a number would try now, in which order and why. Nothing is sent.",
                [number, method, length],
                (session, token) => session.ShowAsync(
                    session.Service.GetAsync(
                        $"routes?number={Uri.EscapeDataString(session.Parsed.GetRequiredValue(number))}"
                        + $"&method={Uri.EscapeDataString(session.Parsed.GetRequiredValue(method))}"
                        + string.Create(CultureInfo.InvariantCulture, $"&codeLength={session.Parsed.GetRequiredValue(length)}"),
                        token),
                    Show)),
            shell.Command("changes", "What learning changed, the latest first.", [], (session, token) =>
                session.ShowAsync(session.Service.GetAsync("routes/changes", token), ShowChanges)),
            shell.Command(
                "failing",
                "Routes that verify far fewer than in their own week before, by a significance test.",
                [],
                (session, token) => session.ShowAsync(session.Service.GetAsync("routes/failing", token), ShowFailing)),
        };
    }

    private static void Show(Screen screen, JsonElement preview)
    {
        screen.Values(
            ("Country", preview.Text("country")),
            ("Operator", preview.Text("operator")),
            ("Method", preview.Text("method")),
            ("Mode", preview.Text("mode")),
            ("Currency", preview.Text("currency")));
        screen.Table(
            "No provider.",
            ["Provider", "Usable", "Price", "Conversion", "From", "To", "Why"],
            preview.Items("candidates").Select(candidate => (string[])
            [
                candidate.Text("provider"), candidate.Text("usable"), candidate.Text("price"), Percent(candidate, "conversion"),
                Percent(candidate, "low"), Percent(candidate, "high"), candidate.Text("why"),
            ]));
    }

    private static void ShowChanges(Screen screen, JsonElement page) => screen.Table(
        "Learning changed nothing.",
        ["At", "What"],
        page.Items("changes").Select(change => (string[])
            [change.Milliseconds("at") is { } at ? Screen.Time(at) : "", change.Text("text")]));

    private static void ShowFailing(Screen screen, JsonElement page) => screen.Page(
        page,
        page.Milliseconds("at") is { } looked ? $"No route fails, as of {Screen.Time(looked)}." : "Nothing was looked for yet.",
        ["Provider", "Method", "Country", "Operator", "In the last", "Now", "In the week before", "Chance"],
        page.Items("routes").Select(route => (string[])
        [
            route.Text("provider"), route.Text("method"), route.Text("country"), route.Text("operator"), $"{route.Text("minutes")} min",
            Shares(route.GetProperty("now")), Shares(route.GetProperty("before")), route.Text("chance"),
        ]));

    private static string Shares(JsonElement shares) =>
        $"{Percent(shares, "conversion")} ({shares.Text("verified")} of {shares.Text("verifiable")})";

    /// <summary>A share as a percentage; empty where it is not known.</summary>
    internal static string Percent(JsonElement candidate, string name) =>
        candidate.TryGetProperty(name, out var share) && share.ValueKind == JsonValueKind.Number && share.TryGetDouble(out var value)
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:F1} %")
            : "";
}
