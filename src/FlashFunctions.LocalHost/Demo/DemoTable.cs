using Spectre.Console;

namespace FlashFunctions.LocalHost.Demo;

/// <summary>Writes the demonstration's table.</summary>
internal static class DemoTable
{
    private const int Width = 130;

    public static void Write(TextWriter output, IReadOnlyList<DemoRow> rows)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        console.Profile.Width = Width;
        var table = new Table().Border(TableBorder.Rounded).Title("Verifications by flash call; times in ms since the verify call");
        foreach (var heading in (string[])["verification", "attempts", "202", "rings", "webhook", "check", "report", "upstream report", "result"])
        {
            table.AddColumn(heading);
        }

        foreach (var row in rows)
        {
            table.AddRow(
                row.Name, row.Providers, Time(row.Accepted), Time(row.Ringing), Time(row.Delivered), Time(row.Checked), Time(row.Reported), row.Report ?? "-", Markup.Escape(row.Result));
        }

        console.Write(table);
        console.WriteLine(rows.All(row => row.IsVerified) ? "All verified." : "Not all were verified.");
    }

    private static string Time(double? milliseconds) => milliseconds is { } value ? $"{value:F0}" : "-";
}
