using System.CommandLine;
using System.Text.Json.Nodes;
using FlashFunctions.Cli.Output;
using FlashFunctions.Cli.Service;

namespace FlashFunctions.Cli.Commands;

/// <summary>verify: sends a test verification, and watches what becomes of it.</summary>
internal static class VerifyCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(Shell shell)
    {
        var number = new Argument<string>("number") { Description = "The phone, as +37253000000." };
        var method = new Option<string?>("--method")
        {
            Description = "call, sms or voice; otherwise the account's default workflow, and a call where it has none.",
        };
        var account = new Option<string?>("--account") { Description = "In the name of this account, by the function key." };
        var credentials = new Option<string?>("--token") { Description = "With this token, keyId:secret, as the account itself would." };
        var watch = new Option<bool>("--watch")
        {
            Description = "Print what happens until it ends; the exit code is 0 if it was verified.",
        };
        var command = shell.Command(
            "verify",
            "Sends a test verification. It rings or writes, and it costs what any other costs.",
            [number, method, account, credentials, watch],
            session => RunAsync(
                new Asker(session, session.Value(account), session.Value(credentials)),
                session.Value(number),
                session.Value(method),
                session.Value(watch)));
        command.Validators.Add(result =>
        {
            if (result.GetResult(account) is null == result.GetResult(credentials) is null)
            {
                result.AddError("Either --account or --token says in whose name.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Asker asker, string number, string? method, bool watch)
    {
        var body = new JsonObject { ["number"] = number };
        if (method is not null || !await asker.HasDefaultAsync())
        {
            body["method"] = method ?? "call";
        }

        var started = await asker.StartAsync(body);
        if (!watch || started is not Reply.Done done)
        {
            return asker.Session.Show(started, (screen, accepted) => screen.Values(
                accepted, ("Request", "requestId"), ("Status", "status"), ("Method", "method")));
        }

        if (!asker.Session.Screen.IsJson)
        {
            asker.Session.Screen.Line($"Request {done.Body.Text("requestId")}");
        }

        return await WatchAsync(asker, done.Body.Text("requestId"));
    }

    private static async Task<int> WatchAsync(Asker asker, string id)
    {
        var (session, screen) = (asker.Session, asker.Session.Screen);
        var shown = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var reply = await asker.ReadAsync(id);
            if (reply is not Reply.Done { Body: var request })
            {
                return session.Show(reply, (_, _) => { });
            }

            var lines = Timeline.Of(request).Select(entry => string.Join("  ", entry.Cells.Where(cell => cell.Length > 0)));
            foreach (var line in screen.IsJson ? [] : lines.Where(shown.Add))
            {
                screen.Line(line);
            }

            if (request.Text("result") is not "pending")
            {
                screen.Show(request, (_, _) => { });
                return request.Text("result") == "verified" ? ExitCodes.Done : ExitCodes.Failed;
            }

            await Task.Delay(Pause, session.Environment.Time, session.Token);
        }
    }

    /// <summary>Asks as an operator for an account, or as the account itself.</summary>
    private sealed record Asker(Session Session, string? Account, string? Credentials)
    {
        private string AccountPath => $"accounts/{Uri.EscapeDataString(Account!)}";

        public Task<Reply> StartAsync(JsonObject body) => Credentials is { } token
            ? Session.Service.AsAccountAsync(HttpMethod.Post, "v1/verify", body, token, Session.Token)
            : Session.Service.AsOperatorAsync(HttpMethod.Post, $"{AccountPath}/verify", body, Session.Token);

        public Task<Reply> ReadAsync(string id) => Credentials is { } token
            ? Session.Service.AsAccountAsync(HttpMethod.Get, $"v1/requests/{id}", null, token, Session.Token)
            : Session.Service.AsOperatorAsync(HttpMethod.Get, $"requests/{id}", null, Session.Token);

        /// <summary>Whether the account has a workflow of its own; what a token belongs to cannot be asked.</summary>
        public async Task<bool> HasDefaultAsync() =>
            Account is not null
            && await Session.Service.AsOperatorAsync(HttpMethod.Get, AccountPath, null, Session.Token) is Reply.Done done
            && done.Body.Items("workflow").Any();
    }
}
