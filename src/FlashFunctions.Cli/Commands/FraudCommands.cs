using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>fraud blocks, block, lift, decisions, list, add, delete, preview.</summary>
internal static class FraudCommands
{
    public static Command Create(Shell shell) => new(
        "fraud", "The fraud guard: blocks, decisions, lists, and what other settings would do.")
    {
        Blocks(shell), Block(shell), Lift(shell), Decisions(shell), List(shell), Add(shell), Delete(shell), Preview(shell),
    };

    private static Command Blocks(Shell shell) => shell.List(
        "blocks",
        "What is blocked now, the newest first.",
        [Of("--account", "Of one account only."), Limit(), After()],
        _ => "fraud/blocks",
        "No blocks.",
        "blocks",
        ("Id", "id"), ("Account", "account"), ("Reason", "reason"), ("Scope", "scope"), ("Value", "value"), ("Seen", "seen"),
        Column.Time("Until", "until"), ("Repeats", "repeats"));

    private static Command Block(Shell shell)
    {
        var scope = new Argument<string>("scope") { Description = "number, prefix, account, ip or country." };
        var value = new Argument<string>("value") { Description = "What is blocked: +3725300, LV, 192.0.2.7." };
        var (account, note) = (Of("--account", "For one account only."), Of("--note", "Why."));
        var minutes = new Option<int?>("--minutes") { Description = "For so long; 15 by default." };
        return shell.Command("block", "Blocks a scope for some time.", [scope, value, account, minutes, note], session =>
        {
            var body = session.Body(scope, value, account, note);
            if (session.Value(minutes) is { } length)
            {
                body["until"] = (session.Environment.Time.GetUtcNow() + TimeSpan.FromMinutes(length)).ToUnixTimeMilliseconds();
            }

            return session.PostAsync("fraud/blocks", body, (screen, block) =>
                screen.Line($"{block.Text("value")} is blocked until {block.Time("until")}: {block.Text("id")}"));
        });
    }

    private static Command Lift(Shell shell) => shell.Command(
        "lift", "Lifts a block.", new("id") { Description = "The block." }, (session, id) => session.DeleteAsync(
            $"fraud/blocks/{id}", (screen, body) => screen.Line($"{body.Text("id")} was lifted.")));

    private static Command Decisions(Shell shell) => shell.List(
        "decisions",
        "What its rules found, the latest first.",
        [
            Of("--rule", "Of one rule only: prefix_conversion and so on."),
            Of("--scope", "Of one scope only: number, prefix, account, ip, country, device."),
            Of("--mode", "observe or enforce only."),
            Of("--account", "Of one account only."),
            Of("--from", "Not before, in unix milliseconds."),
            Of("--to", "Not after, in unix milliseconds."),
            After(),
            Limit(),
        ],
        _ => "fraud/decisions",
        "No decisions.",
        "decisions",
        Column.Time("Last", "lastAt"), ("Account", "account"), ("Reason", "reason"), ("Scope", "scope"), ("Value", "value"),
        ("Mode", "mode"), ("Requests", "requests"), ("Seen", "seen"), ("Limit", "limit"));

    private static Command List(Shell shell)
    {
        var list = Which();
        return shell.List(
            "list",
            "The entries of a list, the newest first.",
            [list, Limit(), After()],
            session => Path(session, list),
            "No entries.",
            "entries",
            ("Id", "id"), ("Scope", "scope"), ("Value", "value"), ("Account", "account"), Column.Time("Until", "until"), ("Note", "note"));
    }

    private static Command Add(Shell shell)
    {
        var list = Which();
        var scope = new Argument<string>("scope") { Description = "number, prefix, ip or country." };
        var value = new Argument<string>("value") { Description = "+37253000001, +3725300, 192.0.2.0/24, LV." };
        var (account, note) = (Of("--account", "For one account only."), Of("--note", "Why."));
        return shell.Command("add", "Adds an entry to a list.", [list, scope, value, account, note], session => session.PostAsync(
            Path(session, list),
            session.Body(scope, value, account, note),
            (screen, entry) => screen.Line($"{entry.Text("value")} is on the {entry.Text("list")} list: {entry.Text("id")}")));
    }

    private static Command Delete(Shell shell)
    {
        var list = Which();
        var id = new Argument<string>("id") { Description = "The entry." };
        return shell.Command("delete", "Deletes an entry of a list.", [list, id], session => session.DeleteAsync(
            $"{Path(session, list)}/{session.Segment(id)}", (screen, body) => screen.Line($"{body.Text("id")} was deleted.")));
    }

    private static Command Preview(Shell shell)
    {
        var account = new Argument<string>("account") { Description = "The account." };
        var hours = new Option<int?>("--hours") { Description = "Of the last 1 to 72 hours; 24 by default." };
        var settings = new Option<JsonObject?>("--fraud")
        {
            Description = """The settings as JSON, such as {"sequential":{"mode":"enforce"}}; without them the account's own.""",
            CustomParser = ParseSettings,
        };
        const string Description = "What settings would have done to an account's latest requests.";
        return shell.Command("preview", Description, [account, hours, settings], session =>
            session.PostAsync("fraud/preview", session.Body(account, hours, settings), Show));
    }

    private static void Show(Screen screen, JsonElement preview)
    {
        screen.Values(
            preview,
            new("Requests", _ => preview.Text("requests") + (preview.Text("truncated") == "yes" ? ", and there were more" : "")),
            Column.Time("From", "from"),
            ("Would be refused", "refused"),
            ("Of those verified", "refusedVerified"),
            ("Sends saved", "savedSends"));
        screen.Table(
            "No rule would have found anything.",
            preview.Items("rules"),
            ("Reason", "reason"), ("Mode", "mode"), ("Requests", "requests"), ("Verified", "verified"), ("Sends", "sends"));
    }

    private static Option<string?> Of(string name, string description) => new(name) { Description = description };

    private static Option<int> Limit() => new("--limit") { Description = "At most so many, 1 to 1,000.", DefaultValueFactory = _ => 100 };

    private static Option<string?> After() => Of("--after", "Where the page before said that the next one begins.");

    private static Argument<string> Which() => new("list") { Description = "allow or block." };

    private static string Path(Session session, Argument<string> list) => $"fraud/lists/{session.Segment(list)}";

    private static JsonObject? ParseSettings(ArgumentResult result)
    {
        try
        {
            if (JsonNode.Parse(result.Tokens[0].Value) is JsonObject settings)
            {
                return settings;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        result.AddError("--fraud is a JSON object.");
        return null;
    }
}
