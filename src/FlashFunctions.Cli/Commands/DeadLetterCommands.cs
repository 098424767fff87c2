using System.CommandLine;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>callbacks failing: who does not take what is sent to them.</summary>
internal static class CallbackCommands
{
    public static Command Create(Shell shell) => new("callbacks", "What accounts are notified of.")
    {
        shell.List(
            "failing",
            "Receivers that fail now, by account and host.",
            [
                new Option<string?>("--account") { Description = "Of one account only." },
                new Option<string?>("--limit") { Description = "Page size, 1 to 500." },
                new Option<string?>("--after") { Description = "The previous page's next." },
            ],
            _ => "callbacks/failing",
            "No receiver fails.",
            "receivers",
            ("Account", "account"), ("Host", "host"), Column.Time("Since", "since"), Column.Time("Last try", "lastTryAt"),
            ("Why", "lastFailure"), ("Tries", "tries"),
            new("Next try", receiver => receiver.Time("nextTryAt") is { Length: > 0 } next ? next : "given up")),
    };
}

/// <summary>dead-letters list, retry.</summary>
internal static class DeadLetterCommands
{
    public static Command Create(Shell shell) => new("dead-letters", "Jobs that were given up.")
    {
        shell.List(
            "list",
            "The latest first.",
            [
                new Option<string?>("--account") { Description = "Of one account only." },
                new Option<int>("--limit") { Description = "Page size, 1 to 1,000.", DefaultValueFactory = _ => 100 },
                new Option<string?>("--after") { Description = "The previous page's next." },
            ],
            _ => "dead-letters",
            "No dead letters.",
            "deadLetters",
            ("Id", "id"), Column.Time("At", "at"), ("Account", "account"), ("Kind", "kind"), ("Request", "requestId"),
            ("Reason", "reason")),
        Retry(shell),
    };

    private static Command Retry(Shell shell)
    {
        var ids = new Argument<string[]>("id") { Description = "What to try again.", Arity = ArgumentArity.OneOrMore };
        return shell.Command("retry", "Puts jobs into their queue again.", [ids], async session =>
        {
            var worst = ExitCodes.Done;
            foreach (var id in session.Parsed.GetRequiredValue(ids))
            {
                var code = await session.PostAsync(
                    $"dead-letters/{Uri.EscapeDataString(id)}/retry",
                    null,
                    (screen, body) => screen.Line($"{body.Text("id")} was queued."));
                worst = Math.Max(worst, code);
            }

            return worst;
        });
    }
}
