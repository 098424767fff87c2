using Spectre.Console;

namespace FlashFunctions.LocalHost.Demo;

/// <summary>One verification of the demonstration; times are milliseconds since it was asked for, null where it never happened.</summary>
internal sealed record DemoRow(string Name)
{
    public string Providers { get; init; } = "";

    public string Result { get; init; } = "";

    public double? Accepted { get; init; }

    public double? Ringing { get; init; }

    public double? Delivered { get; init; }

    public double? Checked { get; init; }

    public double? Reported { get; init; }

    public string? Report { get; init; }

    public bool IsVerified => Result == "VERIFIED";
}

/// <summary>Writes the demonstration's table.</summary>
internal static class DemoTable
{
    private const int Width = 110;

    private static readonly string[] Times = ["accepted", "rings", "webhook", "checked", "reported"];

    public static void Write(TextWriter output, IReadOnlyList<DemoRow> rows)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        console.Profile.Width = Width;
        var table = new Table().Border(TableBorder.Simple).AddColumns("verification", "called by");
        Array.ForEach(Times, heading => table.AddColumn(new TableColumn(heading).RightAligned()));
        table.AddColumn("result");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Name,
                Markup.Escape(row.Providers),
                Time(row.Accepted),
                Time(row.Ringing),
                Time(row.Delivered),
                Time(row.Checked),
                row.Report is null ? "-" : Time(row.Reported),
                Markup.Escape(row.Result));
        }

        console.WriteLine();
        console.WriteLine("Verifications by flash call, each through a simulated provider; milliseconds since POST /v1/verify.");
        console.Write(table);
        console.WriteLine(
            """
            accepted  answered with 202: stored, and its job queued
            rings     the simulated phone rings
            webhook   the provider's report of the call was taken in
            checked   the code, the end of the number that rang, was right
            reported  the provider was told that it was; "-" where it has no call for that
            """);
        console.WriteLine();
        console.WriteLine(rows.All(row => row.IsVerified) ? "All verified." : "Not all were verified.");
    }

    private static string Time(double? milliseconds) => milliseconds is { } value ? $"{value:F0}" : "-";
}
