using System.CommandLine;
using System.Text.Json;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>requests show.</summary>
internal static class RequestCommands
{
    public static Command Create(Shell shell)
    {
        var id = new Argument<string>("id") { Description = "The request's id." };
        return new Command("requests", "What was asked of the service.")
        {
            shell.Command("show", "A request of any account, with what happened to it and when.", [id], (session, token) => session.ShowAsync(
                session.Service.GetAsync($"requests/{Uri.EscapeDataString(session.Parsed.GetRequiredValue(id))}", token), Show)),
        };
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
        screen.Table("Nothing has happened yet.", ["After", "Step", "Method", "Provider", "What", "Note"], Timeline.Of(request).Select(entry => entry.Cells));
    }
}
