using System.CommandLine;
using System.Text.Json;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>requests search, show, timeline.</summary>
internal static class RequestCommands
{
    public static Command Create(Shell shell) => new("requests", "What was asked of the service.")
    {
        Search(shell),
        shell.Command("timeline", "What happened to a request, in plain words.", Id(), (session, id) =>
            session.GetAsync($"requests/{id}/timeline", ShowTimeline)),
        shell.Command("show", "A request of any account, with what happened to it and when.", Id(), (session, id) =>
            session.GetAsync($"requests/{id}", Show)),
    };

    private static Argument<string> Id() => new("id") { Description = "The request's id." };

    private static Command Search(Shell shell)
    {
        var result = new Option<string?>("--result") { Description = "Verifications with this result." };
        result.CompletionSources.Add("pending", "verified", "failed", "expired", "canceled", "superseded", "undeliverable");
        return shell.List(
            "search",
            "The newest first; those of the last 24 hours, unless a number, a reference or a time is given.",
            [
                new Option<string?>("--number") { Description = "To this number." },
                new Option<string?>("--reference") { Description = "With this reference of the account's own." },
                new Option<string?>("--account") { Description = "Of this account." },
                new Option<string?>("--country") { Description = "To numbers of this country, two letters." },
                new Option<string?>("--provider") { Description = "Whose last attempt went to this provider." },
                new Option<string?>("--product") { Description = "Of this product: verify.call, sms and so on." },
                result,
                new Option<string?>("--from") { Description = "Created at this time or later, in unix milliseconds." },
                new Option<string?>("--to") { Description = "Created at this time or earlier." },
                new Option<string?>("--limit") { Description = "Page size, 1 to 200." },
                new Option<string?>("--after") { Description = "The previous page's next." },
            ],
            _ => "requests",
            "No requests.",
            "requests",
            ("Id", "id"), Column.Time("Created", "createdAt"), ("Account", "account"), ("Product", "product"), Number,
            ("Provider", "provider"), ("Status", "status"), ("Result", "result"), ("Reference", "reference"));
    }

    private static Column Number => new("Number", request => $"{request.Text("number")} {request.Text("country")}");

    private static void ShowTimeline(Screen screen, JsonElement body)
    {
        screen.Table(
            "Nothing has happened yet.", body.Items("entries"), Column.Time("At", "at"), ("Kind", "kind"), new("What", WhatOf));
        screen.Line(body.Text("support"));
    }

    /// <summary>The sentence of an entry, and a line for each provider that was looked at for it.</summary>
    private static string WhatOf(JsonElement entry)
    {
        var candidates = entry.TryGetProperty("choice", out var choice) ? choice.Items("candidates") : [];
        return string.Join('\n', candidates.Select(Line).Prepend(entry.Text("text")));

        static string Line(JsonElement candidate)
        {
            var share = candidate.Percent("conversion");
            var expected = share.Length > 0
                ? $", {share} expected ({candidate.Percent("low")} to {candidate.Percent("high")})"
                : "";
            var price = candidate.Text("price") is { Length: > 0 } known ? $", price {known}" : "";
            return $"  {candidate.Text("provider")}{expected}{price}: {candidate.Text("why")}";
        }
    }

    private static void Show(Screen screen, JsonElement request)
    {
        screen.Values(
            request,
            ("Request", "id"),
            ("Account", "account"),
            ("Product", "product"),
            Number,
            ("Status", "status"),
            ("Result", "result"),
            ("Reason", "reason"),
            ("From", "from"),
            Column.Time("Created", "createdAt"));
        screen.Table(
            "Nothing has happened yet.",
            ["After", "Step", "Method", "Provider", "What", "Note"],
            Timeline.Of(request).Select(entry => entry.Cells));
    }
}
