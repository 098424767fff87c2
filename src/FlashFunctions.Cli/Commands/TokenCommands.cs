using System.CommandLine;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>tokens create, list, revoke, activate, delete.</summary>
internal static class TokenCommands
{
    public static Command Create(Shell shell) => new("tokens", "What accounts authenticate with.")
    {
        New(shell),
        List(shell),
        Change(shell, "revoke", "Refuses a token's calls until it is activated again.", "is revoked"),
        Change(shell, "activate", "Puts a revoked token in force again.", "is active"),
        Delete(shell),
    };

    private static Command New(Shell shell)
    {
        var account = AccountCommands.Id();
        var label = new Option<string?>("--label") { Description = "What it is for." };
        var trusted = new Option<bool>("--trusted")
        {
            Description = "Whether verify with it may say trusted: for a backend that knows who asks.",
        };
        return shell.Command("create", "Creates a token and shows its secret, once.", [account, label, trusted], session =>
            session.PostAsync(Path(session, account), session.Body(label, trusted), (screen, created) => screen.Values(
                created, ("Account", "account"), ("Key id", "keyId"), ("Secret", "secret"), ("Trusted", "trusted"), ("Label", "label"))));
    }

    private static Command List(Shell shell) => shell.Command(
        "list", "The tokens of an account.", AccountCommands.Id(), (session, account) => session.GetAsync(
            $"accounts/{account}/tokens", (screen, body) => screen.Table(
                "No tokens.",
                body.Items("tokens"),
                ("Key id", "keyId"), ("Active", "active"), ("Trusted", "trusted"), ("Label", "label"),
                Column.Time("Created", "createdAt"))));

    private static Command Change(Shell shell, string verb, string description, string done)
    {
        var (account, keyId) = (AccountCommands.Id(), KeyId());
        return shell.Command(verb, description, [account, keyId], session => session.PostAsync(
            $"{Path(session, account)}/{session.Segment(keyId)}/{verb}",
            null,
            (screen, body) => screen.Line($"{body.Text("keyId")} {done}.")));
    }

    private static Command Delete(Shell shell)
    {
        var (account, keyId) = (AccountCommands.Id(), KeyId());
        return shell.Command("delete", "Deletes a token for good.", [account, keyId], session => session.DeleteAsync(
            $"{Path(session, account)}/{session.Segment(keyId)}",
            (screen, body) => screen.Line($"{body.Text("id")} was deleted.")));
    }

    private static Argument<string> KeyId() => new("key-id") { Description = "The token's key id." };

    private static string Path(Session session, Argument<string> account) => $"{AccountCommands.Path(session, account)}/tokens";
}
