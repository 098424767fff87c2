using System.CommandLine;
using System.Text.Json;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>requests search, show, timeline.</summary>
internal static class RequestCommands
{
    public static Command Create(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The request's id." };
        return new Command("requests", "What was asked of the service.")
        {
            Search(shell),
            shell.Command("timeline", "What happened to a request, in plain words.", [id], (session, token) =>
                session.ShowAsync(session.Service.GetAsync($"{Path(session, id)}/timeline", token), ShowTimeline)),
            shell.Command("show", "A request of any account, with what happened to it and when.", [id], (session, token) =>
                session.ShowAsync(session.Service.GetAsync(Path(session, id), token), Show)),
        };
    }

    private static string Path(Session session, Argument<string> id) =>
        $"requests/{Uri.EscapeDataString(session.Parsed.GetRequiredValue(id))}";

    private static Command Search(Shell shell)
    {
        Option<string?>[] filters =
        [
            new("--number") { Description = "To this number." },
            new("--reference") { Description = "With this reference of the account's own." },
            new("--account") { Description = "Of this account." },
            new("--country") { Description = "To numbers of this country, two letters." },
            new("--provider") { Description = "Whose last attempt went to this provider." },
            new("--product") { Description = "Of this product: verify.call, sms and so on." },
            new("--result") { Description = "Verifications with this result." },
            new("--from") { Description = "Created at this time or later, in unix milliseconds." },
            new("--to") { Description = "Created at this time or earlier." },
            new("--limit") { Description = "Page size, 1 to 200." },
            new("--after") { Description = "The previous page's next." },
        ];
        filters[6].CompletionSources.Add("pending", "verified", "failed", "expired", "canceled", "superseded", "undeliverable");
        return shell.Command(
            "search",
            "The newest first; those of the last 24 hours, unless a number, a reference or a time is given.",
            filters,
            (session, token) => session.ShowAsync(
                session.Service.GetAsync($"requests{Queries.Of(session, filters)}", token),
                (screen, body) => screen.Page(
                    body,
                    "No requests.",
                    ["Id", "Created", "Account", "Product", "Number", "Provider", "Status", "Result", "Reference"],
                    body.Items("requests").Select(request => (string[])
                    [
                        request.Text("id"), request.Milliseconds("createdAt") is { } at ? Screen.Time(at) : "", request.Text("account"),
                        request.Text("product"), $"{request.Text("number")} {request.Text("country")}", request.Text("provider"),
                        request.Text("status"), request.Text("result"), request.Text("reference"),
                    ]))));
    }

    private static void ShowTimeline(Screen screen, JsonElement body)
    {
        screen.Table(
            "Nothing has happened yet.",
            ["At", "Kind", "What"],
            body.Items("entries").Select(entry => (string[])
                [entry.Milliseconds("at") is { } at ? Screen.Time(at) : "", entry.Text("kind"), WhatOf(entry)]));
        screen.Line(body.Text("support"));
    }

    /// <summary>The sentence of an entry, and a line for each provider that was looked at for it.</summary>
    private static string WhatOf(JsonElement entry)
    {
        var candidates = entry.TryGetProperty("choice", out var choice) ? choice.Items("candidates") : [];
        return string.Join('\n', candidates.Select(Line).Prepend(entry.Text("text")));

        static string Line(JsonElement candidate)
        {
            var share = RouteCommands.Percent(candidate, "conversion");
            var expected = share.Length > 0
                ? $", {share} expected ({RouteCommands.Percent(candidate, "low")} to {RouteCommands.Percent(candidate, "high")})"
                : "";
            var price = candidate.Text("price") is { Length: > 0 } known ? $", price {known}" : "";
            return $"  {candidate.Text("provider")}{expected}{price}: {candidate.Text("why")}";
        }
    }

    /// <summary>A request and its timeline.</summary>
    public static void Show(Screen screen, JsonElement request)
    {
        screen.Values(
            ("Request", request.Text("id")),
            ("Account", request.Text("account")),
            ("Product", request.Text("product")),
            ("Number", $"{request.Text("number")} {request.Text("country")}"),
            ("Status", request.Text("status")),
            ("Result", request.Text("result")),
            ("Reason", request.Text("reason")),
            ("From", request.Text("from")),
            ("Created", request.Milliseconds("createdAt") is { } at ? Screen.Time(at) : ""));
        screen.Table(
            "Nothing has happened yet.",
            ["After", "Step", "Method", "Provider", "What", "Note"],
            Timeline.Of(request).Select(entry => entry.Cells));
    }
}
