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
            (session, token) => RunAsync(
                new Asker(session, session.Parsed.GetValue(account), session.Parsed.GetValue(credentials)),
                session.Parsed.GetRequiredValue(number),
                session.Parsed.GetValue(method),
                session.Parsed.GetValue(watch),
                token));
        command.Validators.Add(result =>
        {
            if (result.GetResult(account) is null == result.GetResult(credentials) is null)
            {
                result.AddError("Either --account or --token says in whose name.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Asker asker, string number, string? method, bool watch, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["number"] = number };
        if (method is not null || !await asker.HasDefaultAsync(cancellationToken))
        {
            body["method"] = method ?? "call";
        }

        var screen = asker.Session.Screen;
        var started = await asker.StartAsync(body, cancellationToken);
        if (!watch || started is not Reply.Done done)
        {
            return await asker.Session.ShowAsync(Task.FromResult(started), (_, accepted) => screen.Values(
                ("Request", accepted.Text("requestId")), ("Status", accepted.Text("status")), ("Method", accepted.Text("method"))));
        }

        if (!screen.IsJson)
        {
            screen.Line($"Request {done.Body.Text("requestId")}");
        }

        return await WatchAsync(asker, done.Body.Text("requestId"), cancellationToken);
    }

    private static async Task<int> WatchAsync(Asker asker, string id, CancellationToken cancellationToken)
    {
        var screen = asker.Session.Screen;
        var shown = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var reply = await asker.ReadAsync(id, cancellationToken);
            if (reply is not Reply.Done { Body: var request })
            {
                return await asker.Session.ShowAsync(Task.FromResult(reply), (_, _) => { });
            }

            foreach (var line
                in screen.IsJson ? [] : Timeline.Of(request).Select(entry => string.Join("  ", entry.Cells.Where(cell => cell.Length > 0))))
            {
                if (shown.Add(line))
                {
                    screen.Line(line);
                }
            }

            if (request.Text("result") is not "pending")
            {
                screen.Show(request, (_, _) => { });
                return request.Text("result") == "verified" ? ExitCodes.Done : ExitCodes.Failed;
            }

            await Task.Delay(Pause, asker.Session.Time, cancellationToken);
        }
    }

    /// <summary>Asks as an operator for an account, or as the account itself.</summary>
    private sealed record Asker(Session Session, string? Account, string? Token)
    {
        public Task<Reply> StartAsync(JsonObject body, CancellationToken cancellationToken) => Token is { } token
            ? Session.Service.AsAccountAsync(HttpMethod.Post, "v1/verify", body, token, cancellationToken)
            : Session.Service.PostAsync($"{AccountCommands.Path(Account!)}/verify", body, cancellationToken);

        public Task<Reply> ReadAsync(string id, CancellationToken cancellationToken) => Token is { } token
            ? Session.Service.AsAccountAsync(HttpMethod.Get, $"v1/requests/{id}", null, token, cancellationToken)
            : Session.Service.GetAsync($"requests/{id}", cancellationToken);

        /// <summary>Whether the account has a workflow of its own; what a token belongs to cannot be asked.</summary>
        public async Task<bool> HasDefaultAsync(CancellationToken cancellationToken) =>
            Account is { } account
            && await Session.Service.GetAsync(AccountCommands.Path(account), cancellationToken) is Reply.Done done
            && done.Body.Items("workflow").Any();
    }
}
