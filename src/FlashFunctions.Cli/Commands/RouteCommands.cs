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
                session => session.GetAsync(
                    $"routes?number={session.Segment(number)}&method={Uri.EscapeDataString(session.Value(method)!)}"
                    + string.Create(CultureInfo.InvariantCulture, $"&codeLength={session.Value(length)}"),
                    Show)),
            shell.Command("changes", "What learning changed, the latest first.", [], session => session.GetAsync(
                "routes/changes",
                (screen, page) => screen.Table(
                    "Learning changed nothing.", page.Items("changes"), Column.Time("At", "at"), ("What", "text")))),
            shell.Command(
                "failing",
                "Routes that verify far fewer than in their own week before, by a significance test.",
                [],
                session => session.GetAsync("routes/failing", ShowFailing)),
        };
    }

    private static void Show(Screen screen, JsonElement preview)
    {
        screen.Values(
            preview, ("Country", "country"), ("Operator", "operator"), ("Method", "method"), ("Mode", "mode"), ("Currency", "currency"));
        screen.Table(
            "No provider.",
            preview.Items("candidates"),
            ("Provider", "provider"), ("Usable", "usable"), ("Price", "price"), Column.Percent("Conversion", "conversion"),
            Column.Percent("From", "low"), Column.Percent("To", "high"), ("Why", "why"));
    }

    private static void ShowFailing(Screen screen, JsonElement page) => screen.Page(
        page.Time("at") is { Length: > 0 } looked ? $"No route fails, as of {looked}." : "Nothing was looked for yet.",
        page,
        "routes",
        ("Provider", "provider"), ("Method", "method"), ("Country", "country"), ("Operator", "operator"),
        new("In the last", route => $"{route.Text("minutes")} min"), Shares("Now", "now"), Shares("In the week before", "before"),
        ("Chance", "chance"));

    private static Column Shares(string heading, string field) => new(heading, route =>
    {
        var shares = route.GetProperty(field);
        return $"{shares.Percent("conversion")} ({shares.Text("verified")} of {shares.Text("verifiable")})";
    });
}
