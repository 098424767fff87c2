using System.CommandLine;
using System.Text.Json;
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

    public static string Path(Session session, Argument<string> id) => $"accounts/{session.Segment(id)}";

    private static Command List(Shell shell) => shell.Command("list", "Every account.", [], session =>
        session.GetAsync("accounts", (screen, body) => screen.Table(
            "No accounts.",
            body.Items("accounts"),
            ("Id", "id"), ("Name", "name"), ("Active", "active"), ("Rate", "ratePerSecond"), Column.Money("Daily cap", "dailyCap"),
            ("Tokens", "tokens"))));

    private static Command Show(Shell shell) => shell.Command(
        "show", "One account, with what it has spent today.", Id(), (session, id) => session.GetAsync($"accounts/{id}", Show));

    private static Command New(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "1 to 40 lower-case letters, digits and hyphens." };
        var (options, countries) = (new AccountOptions(isNew: true), new CountryOption());
        const string What = "Creates an account and shows its callback secret, once.";
        return shell.Command("create", What, [id, .. options.All, countries.Option], async session =>
        {
            var body = options.Read(session.Parsed);
            body["id"] = session.Value(id);
            return await countries.AddAsync(session, body) ? await session.PostAsync("accounts", body, Show) : ExitCodes.Usage;
        });
    }

    private static Command Update(Shell shell)
    {
        var id = Id();
        var options = new AccountOptions(isNew: false);
        var command = shell.Command("update", "Changes what is named, and nothing else.", [id, .. options.All], session =>
            session.SendAsync(HttpMethod.Patch, Path(session, id), options.Read(session.Parsed), Show));
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
        return shell.Command(
            "stop",
            "Ends everything that an account has open. New calls are still taken: to stop those, make it inactive or revoke its tokens.",
            id,
            "everything open is to be ended",
            session => session.PostAsync($"{Path(session, id)}/stop", null, (screen, body) => screen.Values(
                body, ("Account", "account"), Stopped("Verifications"), Stopped("Calls"), Stopped("Messages"))));

        static Column Stopped(string kind) => new(kind, body => body.GetProperty("stopped").Text(kind.ToLowerInvariant()));
    }

    private static Command Delete(Shell shell)
    {
        var id = Id();
        return shell.Command(
            "delete",
            "Deletes an account and its tokens. Its requests stay for the time that requests are kept.",
            id,
            "the account is to be deleted",
            session => session.DeleteAsync(Path(session, id), (screen, body) => screen.Line($"{body.Text("id")} was deleted.")));
    }

    private static void Show(Screen screen, JsonElement account) => screen.Values(
        account,
        ("Id", "id"),
        ("Name", "name"),
        ("Active", "active"),
        Column.Time("Created", "createdAt"),
        Column.Time("Stopped", "stoppedAt"),
        ("Calls a second", "ratePerSecond"),
        new("Senders", _ => account.Texts("senders") is { Length: > 0 } senders ? senders : "any"),
        new("Countries", CountryOption.Of),
        new("Daily cap", _ => account.Money("dailyCap") is { Length: > 0 } cap ? cap : "none"),
        Column.Money("Spent today", "spentToday"),
        new("Default workflow", _ => string.Join(", ", account.Items("workflow").Select(Step))),
        new("Numbers", _ => account.Texts("numbers")),
        ("Inbound SMS to", "inboundSmsAddress"),
        ("Tokens", "tokens"),
        ("Callback secrets", "callbackSecrets"),
        ("New callback secret", "newCallbackSecret"));

    private static string Step(JsonElement step)
    {
        var provider = step.Text("provider") is { Length: > 0 } name ? $"@{name}" : "";
        var wait = step.Text("wait") is { Length: > 0 } seconds ? $"/{seconds}" : "";
        return $"{step.Text("method")}{provider}{wait}";
    }
}
