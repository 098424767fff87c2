using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
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
        return shell.Command("create", "Creates a token and shows its secret, once.", [account, label, trusted], (session, token) =>
        {
            var body = new JsonObject { ["trusted"] = session.Parsed.GetValue(trusted) };
            if (session.Parsed.GetValue(label) is { } text)
            {
                body["label"] = text;
            }

            return session.ShowAsync(session.Service.PostAsync(Path(session, account), body, token), (screen, created) => screen.Values(
                ("Account", created.Text("account")),
                ("Key id", created.Text("keyId")),
                ("Secret", created.Text("secret")),
                ("Trusted", created.Text("trusted")),
                ("Label", created.Text("label"))));
        });
    }

    private static Command List(Shell shell)
    {
        var account = AccountCommands.Id();
        return shell.Command("list", "The tokens of an account.", [account], (session, token) =>
            session.ShowAsync(session.Service.GetAsync(Path(session, account), token), (screen, body) => screen.Table(
                "No tokens.", ["Key id", "Active", "Trusted", "Label", "Created"], body.Items("tokens").Select(Row))));
    }

    private static Command Change(Shell shell, string verb, string description, string done)
    {
        var (account, keyId) = (AccountCommands.Id(), KeyId());
        return shell.Command(verb, description, [account, keyId], (session, token) => session.ShowAsync(
            session.Service.PostAsync(
                $"{Path(session, account)}/{Uri.EscapeDataString(session.Parsed.GetRequiredValue(keyId))}/{verb}", null, token),
            (screen, body) => screen.Line($"{body.Text("keyId")} {done}.")));
    }

    private static Command Delete(Shell shell)
    {
        var (account, keyId) = (AccountCommands.Id(), KeyId());
        return shell.Command("delete", "Deletes a token for good.", [account, keyId], (session, token) => session.ShowAsync(
            session.Service.DeleteAsync($"{Path(session, account)}/{Uri.EscapeDataString(session.Parsed.GetRequiredValue(keyId))}", token),
            (screen, body) => screen.Line($"{body.Text("id")} was deleted.")));
    }

    private static Argument<string> KeyId() => new("key-id") { Description = "The token's key id." };

    private static string Path(Session session, Argument<string> account) =>
        $"{AccountCommands.Path(session.Parsed.GetRequiredValue(account))}/tokens";

    private static string[] Row(JsonElement token) =>
        [
            token.Text("keyId"), token.Text("active"), token.Text("trusted"), token.Text("label"),
            token.Milliseconds("createdAt") is { } at ? Screen.Time(at) : ""
        ];
}
