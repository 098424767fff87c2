using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>overview, health, conversion: the service at a glance, whether it works, and what verifies where.</summary>
internal static class OverviewCommands
{
    private static readonly string[] Dimensions = ["hour", "provider", "method", "country", "operator", "mccmnc"];

    public static Command Overview(Shell shell) => shell.Command(
        "overview",
        "What is asked, rings and verifies now and a week ago, what it costs, and what fails.",
        [],
        session => session.GetAsync("overview", Show));

    public static Command Health(Shell shell) => shell.Command(
        "health",
        "Whether the store, the timer, the queues and the providers work, as one instance of the app sees them.",
        [],
        session => session.GetAsync("health", ShowHealth));

    public static Command Conversion(Shell shell)
    {
        Option<string?>[] filters =
        [
            new("--by") { Description = "Some of provider, method, country, operator, mccmnc and hour, with commas between them." },
            new("--from") { Description = "Unix milliseconds; otherwise 24 hours ago." },
            new("--to") { Description = "Unix milliseconds; otherwise now." },
            new("--provider"),
            new("--method"),
            new("--country"),
            new("--operator"),
        ];
        var csv = new Option<bool>("--csv") { Description = "Print it as CSV, for a spreadsheet." };
        return shell.Command("conversion", "How many attempts arrived and verified.", [.. filters, csv], session =>
        {
            var query = session.Query(filters);
            return session.Value(csv)
                ? session.GetAsync(
                    $"conversion{query}{(query.Length > 0 ? '&' : '?')}format=csv",
                    (screen, body) => screen.Line(body.GetString()!.TrimEnd()))
                : session.GetAsync($"conversion{query}", ShowConversion);
        });
    }

    private static void Show(Screen screen, JsonElement body)
    {
        var funnel = body.GetProperty("funnel");
        screen.Table(
            "",
            ["", "Asked", "Placed", "Rang", "Verified", "Conversion", "p50", "p95", "Cost", "A verified number"],
            [Row("This hour", "now"), Row("A week ago", "lastWeek"), Row("A day", "day")]);
        screen.Values(
            body,
            ("Store", "storage"),
            Lag,
            Waiting,
            new("Active blocks", _ => Blocks(body.GetProperty("activeBlocks"))),
            new("Open circuits", _ => string.Join(
                "; ", body.GetProperty("openCircuits").EnumerateObject().Select(one => $"{one.Name}: {Joined(one.Value)}"))),
            new("Receivers that fail", _ => string.Join(
                "; ",
                body.Items("failingReceivers").Select(one => $"{one.Text("account")} {one.Text("host")}: {one.Text("lastFailure")}"))),
            new("Given up in a day", _ => string.Join(
                "; ", body.Items("deadLetters").Select(dead => $"{dead.Text("account")} {dead.Text("count")} {dead.Text("kind")}"))));
        screen.Table(
            "No account has a daily cap.",
            body.Items("spend"),
            ("Account", "account"), Column.Money("Spent today", "spent"), Column.Money("Daily cap", "cap"));
        screen.Table(
            "No provider is configured.",
            ["Provider", "Last report", "Placed since"],
            body.GetProperty("webhooks").EnumerateObject().Select(provider => (string[])
            [
                provider.Name,
                provider.Value.Time("lastReport") is { Length: > 0 } at ? at : "none within a day",
                provider.Value.Text("placedSince"),
            ]));

        string[] Row(string name, string window)
        {
            var of = funnel.GetProperty(window);
            return
            [
                name, of.Text("asked"), of.Text("placed"), of.Text("rang"), of.Text("verified"), of.Percent("conversion"),
                Seconds(of, "p50"), Seconds(of, "p95"),
                $"{of.Text("cost")} {body.Text("currency")}".Trim(), of.Text("costPerVerified"),
            ];
        }
    }

    private static void ShowHealth(Screen screen, JsonElement body)
    {
        screen.Values(body, ("Store", "storage"), Lag, Waiting);
        screen.Table(
            "No provider is configured.",
            ["Provider", "State", "Passed over for", "Digits of a code"],
            body.GetProperty("providers").EnumerateObject().Select(provider => (string[])
            [
                provider.Name,
                provider.Value.GetString()!,
                body.TryGetProperty("openCircuits", out var open) ? open.Texts(provider.Name) : "",
                body.TryGetProperty("shortCodes", out var digits) && digits.Text(provider.Name) is { Length: > 0 } few ? few : "4 to 6",
            ]));
    }

    private static Column Lag => new(
        "Timer behind", body => body.Milliseconds("sweepLagSeconds") is { } lag ? $"{lag} s" : "has not run yet");

    private static Column Waiting => new(
        "Jobs wait",
        body => body.TryGetProperty("queueAgeSeconds", out var ages) && ages.ValueKind == JsonValueKind.Object
            ? string.Join(", ", ages.EnumerateObject().Select(queue => $"{queue.Name} {queue.Value} s"))
            : "not known");

    private static string Blocks(JsonElement blocks)
    {
        var byRule = blocks.GetProperty("byRule").EnumerateObject().Select(rule => $"{rule.Name} {rule.Value}").ToArray();
        var rules = byRule.Length > 0 ? $" ({string.Join(", ", byRule)})" : "";
        return $"{blocks.Text("count")}{rules}, {blocks.Text("observed")} observed";
    }

    private static void ShowConversion(Screen screen, JsonElement body)
    {
        var rows = body.Items("rows").ToArray();
        string[] dimensions = [.. Dimensions.Where(name => rows.Any(row => row.TryGetProperty(name, out _)))];
        string[] counts = ["placed", "rang", "answered", "delivered", "undelivered", "unclear", "verified"];
        screen.Table(
            "Nothing was counted.",
            [.. dimensions.Concat(counts).Select(Title), "Conversion", "95 %", "Price"],
            rows.Select(row => (string[])
            [
                .. dimensions.Select(name => name == "hour" ? row.Time(name) : row.Text(name)),
                .. counts.Select(name => row.Text(name)),
                row.Percent("conversion"),
                $"{row.Percent("low")} – {row.Percent("high")}",
                row.Text("price"),
            ]));
    }

    private static string Title(string name) => string.Concat(char.ToUpperInvariant(name[0]).ToString(), name.AsSpan(1));

    private static string Joined(JsonElement list) => string.Join(", ", list.EnumerateArray().Select(item => item.GetString()));

    private static string Seconds(JsonElement element, string name) =>
        element.Number(name) is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s") : "";
}

/// <summary>test-numbers list, set, delete.</summary>
internal static class TestNumberCommands
{
    public static Command Create(Shell shell) => new("test-numbers", "Numbers with a fixed code and outcome, which call no provider.")
    {
        List(shell),
        Set(shell),
        Delete(shell),
    };

    private static Command List(Shell shell) => shell.List(
        "list",
        "In the order of their digits.",
        [
            new Option<string?>("--limit") { Description = "Page size, 1 to 1,000." },
            new Option<string?>("--after") { Description = "The previous page's next." },
        ],
        _ => "test-numbers",
        "No test numbers.",
        "testNumbers",
        ("Number", "number"), ("Code", "code"), ("Outcome", "outcome"), new("Delay", test => $"{test.Text("delay")} s"),
        new("", test => test.TryGetProperty("configured", out _) ? "in the settings" : ""));

    private static Command Set(Shell shell)
    {
        var number = Number();
        var code = new Argument<string>("code") { Description = "4 to 6 digits." };
        var outcome = new Option<string?>("--outcome") { Description = "Default: verified." };
        outcome.AcceptOnlyFromAmong("verified", "undelivered", "busy", "answered", "late", "down", "blocked");
        var delay = new Option<int?>("--delay") { Description = "After how many seconds the outcome is reported, 0 to 600." };
        return shell.Command("set", "Adds a test number, or replaces it.", [number, code, outcome, delay], session => session.PostAsync(
            "test-numbers",
            session.Body(number, code, outcome, delay),
            (screen, test) => screen.Line($"{test.Text("number")} is a test number: {test.Text("outcome")}, {test.Text("delay")} s.")));
    }

    private static Command Delete(Shell shell) => shell.Command(
        "delete", "Makes it a real number again.", Number(), (session, number) => session.DeleteAsync(
            $"test-numbers/{number}", (screen, body) => screen.Line($"{body.Text("id")} is no test number any more.")));

    private static Argument<string> Number() => new("number") { Description = "The phone number, with its plus and country code." };
}

/// <summary>completion: what a shell needs to complete command lines of this program.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _flashfunctions() {
            local IFS=$'\n' line="${COMP_LINE:0:COMP_POINT}"
            line="${line#* }"
            COMPREPLY=($(flashfunctions "[suggest:${#line}]" "$line" 2>/dev/null))
        }
        complete -F _flashfunctions flashfunctions
        """;

    private const string Zsh = """
        #compdef flashfunctions
        _flashfunctions() {
            local line="${BUFFER[1,CURSOR]#* }"
            local -a found=("${(@f)$(flashfunctions "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -- $found
        }
        compdef _flashfunctions flashfunctions
        """;

    public static Command Create(CliEnvironment environment)
    {
        var shell = new Argument<string>("shell") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command(
            "completion", "Prints a script that lets a shell complete command lines: source <(flashfunctions completion bash)")
        {
            shell,
        };
        command.SetAction(async (parsed, _) =>
        {
            await environment.Out.WriteLineAsync(parsed.GetRequiredValue(shell) == "zsh" ? Zsh : Bash);
            return ExitCodes.Done;
        });
        return command;
    }
}
