using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>accounts list, show, create, update, stop, delete.</summary>
internal static class AccountCommands
{
    public static Command Create(Shell shell) => new("accounts", "Calling backends.")
    {
        List(shell), Show(shell), New(shell), Update(shell), Stop(shell), Delete(shell),
    };

    public static Argument<string> Id() => new("id") { Description = "The account's id." };

    public static string Path(string id) => $"accounts/{Uri.EscapeDataString(id)}";

    private static Command List(Shell shell) => shell.Command("list", "Every account.", [], (session, token) =>
        session.ShowAsync(session.Service.GetAsync("accounts", token), (screen, body) => screen.Table(
            "No accounts.",
            ["Id", "Name", "Active", "Rate", "Daily cap", "Tokens"],
            body.Items("accounts").Select(account => (string[])
            [
                account.Text("id"), account.Text("name"), account.Text("active"), account.Text("ratePerSecond"),
                account.Money("dailyCap"), account.Text("tokens"),
            ]))));

    private static Command Show(Shell shell)
    {
        var id = Id();
        return shell.Command("show", "One account, with what it has spent today.", [id], (session, token) =>
            session.ShowAsync(session.Service.GetAsync(Path(session.Parsed.GetRequiredValue(id)), token), Show));
    }

    private static Command New(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "1 to 40 lower-case letters, digits and hyphens." };
        var (options, countries) = (new AccountOptions(isNew: true), new CountryOption());
        const string What = "Creates an account and shows its callback secret, once.";
        return shell.Command("create", What, [id, .. options.All, countries.Option], async (session, token) =>
        {
            var body = options.Read(session.Parsed);
            body["id"] = session.Parsed.GetRequiredValue(id);
            return await countries.AddAsync(session, body, token)
                ? await session.ShowAsync(session.Service.PostAsync("accounts", body, token), Show)
                : ExitCodes.Usage;
        });
    }

    private static Command Update(Shell shell)
    {
        var id = Id();
        var options = new AccountOptions(isNew: false);
        var command = shell.Command("update", "Changes what is named, and nothing else.", [id, .. options.All], (session, token) =>
            session.ShowAsync(
                session.Service.PatchAsync(Path(session.Parsed.GetRequiredValue(id)), options.Read(session.Parsed), token), Show));
        command.Validators.Add(result =>
        {
            if (!options.All.Any(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError("Nothing to change was named.");
            }
        });
        return command;
    }

    private static Command Stop(Shell shell)
    {
        var id = Id();
        var yes = new Option<bool>("--yes") { Description = "Confirms it." };
        const string What =
            "Ends everything that an account has open. New calls are still taken: to stop those, make it inactive or revoke its tokens.";
        var command = shell.Command("stop", What, [id, yes], (session, token) =>
            session.ShowAsync(
                session.Service.PostAsync($"{Path(session.Parsed.GetRequiredValue(id))}/stop", new JsonObject(), token),
                (screen, body) => screen.Values(
                    ("Account", body.Text("account")),
                    ("Verifications", body.GetProperty("stopped").Text("verifications")),
                    ("Calls", body.GetProperty("stopped").Text("calls")),
                    ("Messages", body.GetProperty("stopped").Text("messages")))));
        command.Validators.Add(result =>
        {
            if (!result.GetValue(yes))
            {
                result.AddError("--yes confirms that everything open is to be ended.");
            }
        });
        return command;
    }

    private static Command Delete(Shell shell)
    {
        var id = Id();
        var yes = new Option<bool>("--yes") { Description = "Confirms it." };
        var command = shell.Command(
            "delete",
            "Deletes an account and its tokens. Its requests stay for the time that requests are kept.",
            [id, yes],
            (session, token) => session.ShowAsync(
                session.Service.DeleteAsync(Path(session.Parsed.GetRequiredValue(id)), token),
                (screen, body) => screen.Line($"{body.Text("id")} was deleted.")));
        command.Validators.Add(result =>
        {
            if (!result.GetValue(yes))
            {
                result.AddError("--yes confirms that the account is to be deleted.");
            }
        });
        return command;
    }

    private static void Show(Screen screen, JsonElement account) => screen.Values(
        ("Id", account.Text("id")),
        ("Name", account.Text("name")),
        ("Active", account.Text("active")),
        ("Created", account.Milliseconds("createdAt") is { } at ? Screen.Time(at) : ""),
        ("Stopped", account.Milliseconds("stoppedAt") is { } stopped ? Screen.Time(stopped) : ""),
        ("Calls a second", account.Text("ratePerSecond")),
        ("Senders", account.Texts("senders") is { Length: > 0 } senders ? senders : "any"),
        ("Countries", CountryOption.Of(account)),
        ("Daily cap", account.Money("dailyCap") is { Length: > 0 } cap ? cap : "none"),
        ("Spent today", account.Money("spentToday")),
        ("Default workflow", string.Join(", ", account.Items("workflow").Select(Step))),
        ("Numbers", account.Texts("numbers")),
        ("Inbound SMS to", account.Text("inboundSmsAddress")),
        ("Tokens", account.Text("tokens")),
        ("Callback secrets", account.Text("callbackSecrets")),
        ("New callback secret", account.Text("newCallbackSecret")));

    private static string Step(JsonElement step)
    {
        var provider = step.Text("provider") is { Length: > 0 } name ? $"@{name}" : "";
        var wait = step.Text("wait") is { Length: > 0 } seconds ? $"/{seconds}" : "";
        return $"{step.Text("method")}{provider}{wait}";
    }
}
