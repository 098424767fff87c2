using System.CommandLine;
using System.Text.Json.Nodes;

namespace FlashFunctions.Cli.Commands;

/// <summary>secrets rotate, retire.</summary>
internal static class SecretCommands
{
    public static Command Create(Shell shell) => new("secrets", "What callbacks are signed with.") { Rotate(shell), Retire(shell) };

    private static Command Rotate(Shell shell)
    {
        var account = AccountCommands.Id();
        var atOnce = new Option<bool>("--at-once") { Description = "Invalidates the previous secrets now, for one that has leaked." };
        return shell.Command(
            "rotate",
            "Makes a new callback secret and shows it, once; the one before stays live beside it.",
            [account, atOnce],
            session => session.PostAsync(
                $"{AccountCommands.Path(session, account)}/secrets/rotate",
                new JsonObject { ["atOnce"] = session.Value(atOnce) },
                (screen, body) => screen.Values(
                    body, ("Account", "id"), ("New callback secret", "newCallbackSecret"), ("Live secrets", "callbackSecrets"))));
    }

    private static Command Retire(Shell shell) => shell.Command(
        "retire",
        "Ends a rotation: callbacks are signed with the newest secret alone.",
        AccountCommands.Id(),
        (session, account) => session.PostAsync(
            $"accounts/{account}/secrets/retire",
            null,
            (screen, body) => screen.Values(body, ("Account", "id"), ("Live secrets", "callbackSecrets"))));
}
