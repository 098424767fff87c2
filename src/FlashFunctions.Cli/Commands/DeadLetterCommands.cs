using System.CommandLine;
using System.Text.Json;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>callbacks failing: who does not take what is sent to them.</summary>
internal static class CallbackCommands
{
    public static Command Create(Shell shell) => new("callbacks", "What accounts are notified of.") { Failing(shell) };

    private static Command Failing(Shell shell)
    {
        Option<string?>[] filters =
        [
            new("--account") { Description = "Of one account only." },
            new("--limit") { Description = "Page size, 1 to 500." },
            new("--after") { Description = "The previous page's next." },
        ];
        return shell.Command("failing", "Receivers that fail now, by account and host.", filters, (session, token) => session.ShowAsync(
            session.Service.GetAsync($"callbacks/failing{Queries.Of(session, filters)}", token), (screen, body) => screen.Page(
                body,
                "No receiver fails.",
                ["Account", "Host", "Since", "Last try", "Why", "Tries", "Next try"],
                body.Items("receivers").Select(receiver => (string[])
                [
                    receiver.Text("account"), receiver.Text("host"), Time(receiver, "since"), Time(receiver, "lastTryAt"),
                    receiver.Text("lastFailure"), receiver.Text("tries"),
                    Time(receiver, "nextTryAt") is { Length: > 0 } next ? next : "given up",
                ]))));
    }

    private static string Time(JsonElement receiver, string name) => receiver.Milliseconds(name) is { } at ? Screen.Time(at) : "";
}

/// <summary>dead-letters list, retry.</summary>
internal static class DeadLetterCommands
{
    public static Command Create(Shell shell) => new("dead-letters", "Jobs that were given up.") { List(shell), Retry(shell) };

    private static Command List(Shell shell)
    {
        var account = new Option<string?>("--account") { Description = "Of one account only." };
        var limit = new Option<int>("--limit") { Description = "Page size, 1 to 1,000.", DefaultValueFactory = _ => 100 };
        var after = new Option<string?>("--after") { Description = "The previous page's next." };
        return shell.Command("list", "The latest first.", [account, limit, after], (session, token) =>
        {
            var query = $"dead-letters?limit={session.Parsed.GetValue(limit)}"
                + Parameter("account", session.Parsed.GetValue(account))
                + Parameter("after", session.Parsed.GetValue(after));
            return session.ShowAsync(session.Service.GetAsync(query, token), Show);
        });
    }

    private static Command Retry(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "What to try again.", Arity = ArgumentArity.OneOrMore };
        return shell.Command("retry", "Puts jobs into their queue again.", [ids], async (session, token) =>
        {
            var worst = ExitCodes.Done;
            foreach (var id in session.Parsed.GetRequiredValue(ids))
            {
                var code = await session.ShowAsync(
                    session.Service.PostAsync($"dead-letters/{Uri.EscapeDataString(id)}/retry", null, token),
                    (screen, body) => screen.Line($"{body.Text("id")} was queued."));
                worst = Math.Max(worst, code);
            }

            return worst;
        });
    }

    private static void Show(Screen screen, JsonElement body)
    {
        screen.Table("No dead letters.", ["Id", "At", "Account", "Kind", "Request", "Reason"], body.Items("deadLetters").Select(Row));
        if (body.Text("next") is { Length: > 0 } next)
        {
            screen.Line($"More with --after {next}");
        }
    }

    private static string[] Row(JsonElement letter) =>
    [
        letter.Text("id"),
        letter.Milliseconds("at") is { } at ? Screen.Time(at) : "",
        letter.Text("account"),
        letter.Text("kind"),
        letter.Text("requestId"),
        letter.Text("reason"),
    ];

    private static string Parameter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
