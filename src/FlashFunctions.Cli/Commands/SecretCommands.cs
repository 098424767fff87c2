using System.CommandLine;
using System.Text.Json.Nodes;
using FlashFunctions.Cli.Output;

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
            (session, token) => session.ShowAsync(
                session.Service.PostAsync(
                    $"{AccountCommands.Path(session.Parsed.GetRequiredValue(account))}/secrets/rotate",
                    new JsonObject { ["atOnce"] = session.Parsed.GetValue(atOnce) },
                    token),
                (screen, body) => screen.Values(
                    ("Account", body.Text("id")), ("New callback secret", body.Text("newCallbackSecret")),
                    ("Live secrets", body.Text("callbackSecrets")))));
    }

    private static Command Retire(Shell shell)
    {
        var account = AccountCommands.Id();
        return shell.Command("retire", "Ends a rotation: callbacks are signed with the newest secret alone.", [account], (session, token) =>
            session.ShowAsync(
                session.Service.PostAsync($"{AccountCommands.Path(session.Parsed.GetRequiredValue(account))}/secrets/retire", null, token),
                (screen, body) => screen.Values(("Account", body.Text("id")), ("Live secrets", body.Text("callbackSecrets")))));
    }
}
