using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>erase, export.</summary>
internal static class PersonalDataCommands
{
    public static Command Erase(Shell shell)
    {
        var number = Number();
        var yes = new Option<bool>("--yes") { Description = "Confirms it." };
        var command = shell.Command(
            "erase",
            "Ends what is open of a number and erases what is stored of it, in every account.",
            [number, yes],
            (session, token) => session.ShowAsync(
                session.Service.PostAsync("erase", new JsonObject { ["number"] = session.Parsed.GetRequiredValue(number) }, token),
                (screen, body) => screen.Values(
                    ("Requests", body.Text("requests")), ("Inbound messages", body.Text("inboundMessages")),
                    ("Other rows", body.Text("other")))));
        command.Validators.Add(result =>
        {
            if (!result.GetValue(yes))
            {
                result.AddError("--yes confirms that everything of the number is to be erased.");
            }
        });
        return command;
    }

    public static Command Export(Shell shell)
    {
        var number = Number();
        return shell.Command(
            "export",
            "All that is stored of a number, in every account; --json for the whole of it.",
            [number],
            (session, token) => session.ShowAsync(
                session.Service.GetAsync($"export?number={Uri.EscapeDataString(session.Parsed.GetRequiredValue(number))}", token), Show));
    }

    private static Argument<string> Number() => new("number") { Description = "The phone number, with its plus and country code." };

    private static void Show(Screen screen, JsonElement body)
    {
        screen.Table(
            "No requests.",
            ["Request", "Created", "Account", "Product", "Status", "Result"],
            body.Items("requests").Select(request => (string[])
                [
                    request.Text("id"), Time(request, "createdAt"), request.Text("account"), request.Text("product"),
                    request.Text("status"), request.Text("result")
                ]));
        screen.Table(
            "No inbound messages.",
            ["Message", "Received", "Account", "To", "State"],
            body.Items("inboundMessages").Select(message => (string[])
                [message.Text("id"), Time(message, "receivedAt"), message.Text("account"), message.Text("to"), message.Text("state")]));
    }

    private static string Time(JsonElement element, string name) => element.Milliseconds(name) is { } at ? Screen.Time(at) : "";
}
