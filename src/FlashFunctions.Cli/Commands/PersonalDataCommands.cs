using System.CommandLine;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>erase, export.</summary>
internal static class PersonalDataCommands
{
    public static Command Erase(Shell shell)
    {
        var number = Number();
        return shell.Command(
            "erase",
            "Ends what is open of a number and erases what is stored of it, in every account.",
            number,
            "everything of the number is to be erased",
            session => session.PostAsync("erase", session.Body(number), (screen, body) => screen.Values(
                body, ("Requests", "requests"), ("Inbound messages", "inboundMessages"), ("Other rows", "other"))));
    }

    public static Command Export(Shell shell) => shell.Command(
        "export",
        "All that is stored of a number, in every account; --json for the whole of it.",
        Number(),
        (session, number) => session.GetAsync($"export?number={number}", (screen, body) =>
        {
            screen.Table(
                "No requests.",
                body.Items("requests"),
                ("Request", "id"), Column.Time("Created", "createdAt"), ("Account", "account"), ("Product", "product"),
                ("Status", "status"), ("Result", "result"));
            screen.Table(
                "No inbound messages.",
                body.Items("inboundMessages"),
                ("Message", "id"), Column.Time("Received", "receivedAt"), ("Account", "account"), ("To", "to"), ("State", "state"));
        }));

    private static Argument<string> Number() => new("number") { Description = "The phone number, with its plus and country code." };
}
