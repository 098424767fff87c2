using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
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

    private static Command Blocks(Shell shell)
    {
        var (account, limit, after) = (Of("--account", "Of one account only."), Limit(), After());
        return shell.Command("blocks", "What is blocked now, the newest first.", [account, limit, after], (session, token) =>
            session.ShowAsync(
                session.Service.GetAsync(Query(session, "fraud/blocks", limit, account, after), token),
                (screen, body) =>
                {
                    screen.Table(
                        "No blocks.",
                        ["Id", "Account", "Reason", "Scope", "Value", "Seen", "Until", "Repeats"],
                        body.Items("blocks").Select(block => (string[])
                        [
                            block.Text("id"), block.Text("account"), block.Text("reason"), block.Text("scope"), block.Text("value"),
                            block.Text("seen"), Time(block, "until"), block.Text("repeats"),
                        ]));
                    More(screen, body);
                }));
    }

    private static Command Block(Shell shell)
    {
        var scope = new Argument<string>("scope") { Description = "number, prefix, account, ip or country." };
        var value = new Argument<string>("value") { Description = "What is blocked: +3725300, LV, 192.0.2.7." };
        var (account, note) = (Of("--account", "For one account only."), Of("--note", "Why."));
        var minutes = new Option<int?>("--minutes") { Description = "For so long; 15 by default." };
        return shell.Command("block", "Blocks a scope for some time.", [scope, value, account, minutes, note], (session, token) =>
        {
            var body = Entry(session, scope, value, account, note);
            if (session.Parsed.GetValue(minutes) is { } length)
            {
                body["until"] = (session.Time.GetUtcNow() + TimeSpan.FromMinutes(length)).ToUnixTimeMilliseconds();
            }

            return session.ShowAsync(
                session.Service.PostAsync("fraud/blocks", body, token),
                (screen, block) => screen.Line($"{block.Text("value")} is blocked until {Time(block, "until")}: {block.Text("id")}"));
        });
    }

    private static Command Lift(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The block." };
        return shell.Command("lift", "Lifts a block.", [id], (session, token) => session.ShowAsync(
            session.Service.DeleteAsync($"fraud/blocks/{Uri.EscapeDataString(session.Parsed.GetRequiredValue(id))}", token),
            (screen, body) => screen.Line($"{body.Text("id")} was lifted.")));
    }

    private static Command Decisions(Shell shell)
    {
        Option<string?>[] filters =
        [
            Of("--rule", "Of one rule only: prefix_conversion and so on."),
            Of("--scope", "Of one scope only: number, prefix, account, ip, country, device."),
            Of("--mode", "observe or enforce only."),
            Of("--account", "Of one account only."),
            Of("--from", "Not before, in unix milliseconds."),
            Of("--to", "Not after, in unix milliseconds."),
            After(),
        ];
        var limit = Limit();
        return shell.Command("decisions", "What its rules found, the latest first.", [.. filters, limit], (session, token) =>
            session.ShowAsync(
                session.Service.GetAsync(Query(session, "fraud/decisions", limit, filters), token),
                (screen, body) =>
                {
                    screen.Table(
                        "No decisions.",
                        ["Last", "Account", "Reason", "Scope", "Value", "Mode", "Requests", "Seen", "Limit"],
                        body.Items("decisions").Select(decision => (string[])
                        [
                            Time(decision, "lastAt"), decision.Text("account"), decision.Text("reason"), decision.Text("scope"),
                            decision.Text("value"), decision.Text("mode"), decision.Text("requests"), decision.Text("seen"),
                            decision.Text("limit"),
                        ]));
                    More(screen, body);
                }));
    }

    private static Command List(Shell shell)
    {
        var (list, limit, after) = (Which(), Limit(), After());
        return shell.Command("list", "The entries of a list, the newest first.", [list, limit, after], (session, token) =>
            session.ShowAsync(
                session.Service.GetAsync(Query(session, $"fraud/lists/{Name(session, list)}", limit, after), token),
                (screen, body) =>
                {
                    screen.Table(
                        "No entries.",
                        ["Id", "Scope", "Value", "Account", "Until", "Note"],
                        body.Items("entries").Select(entry => (string[])
                        [
                            entry.Text("id"), entry.Text("scope"), entry.Text("value"), entry.Text("account"), Time(entry, "until"),
                            entry.Text("note"),
                        ]));
                    More(screen, body);
                }));
    }

    private static Command Add(Shell shell)
    {
        var list = Which();
        var scope = new Argument<string>("scope") { Description = "number, prefix, ip or country." };
        var value = new Argument<string>("value") { Description = "+37253000001, +3725300, 192.0.2.0/24, LV." };
        var (account, note) = (Of("--account", "For one account only."), Of("--note", "Why."));
        return shell.Command("add", "Adds an entry to a list.", [list, scope, value, account, note], (session, token) => session.ShowAsync(
            session.Service.PostAsync($"fraud/lists/{Name(session, list)}", Entry(session, scope, value, account, note), token),
            (screen, entry) => screen.Line($"{entry.Text("value")} is on the {entry.Text("list")} list: {entry.Text("id")}")));
    }

    private static Command Delete(Shell shell)
    {
        var list = Which();
        var id = new Argument<string>("id") { Description = "The entry." };
        return shell.Command("delete", "Deletes an entry of a list.", [list, id], (session, token) => session.ShowAsync(
            session.Service.DeleteAsync(
                $"fraud/lists/{Name(session, list)}/{Uri.EscapeDataString(session.Parsed.GetRequiredValue(id))}", token),
            (screen, body) => screen.Line($"{body.Text("id")} was deleted.")));
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
        return shell.Command("preview", Description, [account, hours, settings], (session, token) =>
        {
            var body = new JsonObject { ["account"] = session.Parsed.GetRequiredValue(account) };
            if (session.Parsed.GetValue(hours) is { } length)
            {
                body["hours"] = length;
            }

            if (session.Parsed.GetValue(settings) is { } fraud)
            {
                body["fraud"] = fraud.DeepClone();
            }

            return session.ShowAsync(session.Service.PostAsync("fraud/preview", body, token), Show);
        });
    }

    private static void Show(Screen screen, JsonElement preview)
    {
        screen.Values(
            ("Requests", preview.Text("requests") + (preview.Text("truncated") == "yes" ? ", and there were more" : "")),
            ("From", Time(preview, "from")),
            ("Would be refused", preview.Text("refused")),
            ("Of those verified", preview.Text("refusedVerified")),
            ("Sends saved", preview.Text("savedSends")));
        screen.Table(
            "No rule would have found anything.",
            ["Reason", "Mode", "Requests", "Verified", "Sends"],
            preview.Items("rules").Select(rule => (string[])
                [rule.Text("reason"), rule.Text("mode"), rule.Text("requests"), rule.Text("verified"), rule.Text("sends")]));
    }

    private static JsonObject Entry(
        Session session, Argument<string> scope, Argument<string> value, Option<string?> account, Option<string?> note)
    {
        var body = new JsonObject
        {
            ["scope"] = session.Parsed.GetRequiredValue(scope),
            ["value"] = session.Parsed.GetRequiredValue(value),
        };
        foreach (var option in (Option<string?>[])[account, note])
        {
            if (session.Parsed.GetValue(option) is { } text)
            {
                body[option.Name.TrimStart('-')] = text;
            }
        }

        return body;
    }

    private static Option<string?> Of(string name, string description) => new(name) { Description = description };

    private static Option<int> Limit() => new("--limit") { Description = "At most so many, 1 to 1,000.", DefaultValueFactory = _ => 100 };

    private static Option<string?> After() => Of("--after", "Where the page before said that the next one begins.");

    private static Argument<string> Which() => new("list") { Description = "allow or block." };

    private static string Name(Session session, Argument<string> list) => Uri.EscapeDataString(session.Parsed.GetRequiredValue(list));

    private static string Query(Session session, string path, Option<int> limit, params IEnumerable<Option<string?>> filters) =>
        $"{path}?limit={session.Parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture)}" + string.Concat(filters
            .Where(filter => session.Parsed.GetValue(filter) is not null)
            .Select(filter => $"&{filter.Name.TrimStart('-')}={Uri.EscapeDataString(session.Parsed.GetValue(filter)!)}"));

    private static void More(Screen screen, JsonElement body)
    {
        if (body.Text("next") is { Length: > 0 } next)
        {
            screen.Line($"More with --after {next}");
        }
    }

    private static string Time(JsonElement element, string name) => element.Milliseconds(name) is { } at ? Screen.Time(at) : "";

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
