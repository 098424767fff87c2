using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace FlashFunctions.Cli.Output;

/// <summary>A column of a table, or a line of named values.</summary>
/// <param name="Heading">Its name.</param>
/// <param name="Read">What it shows of an item.</param>
internal sealed record Column(string Heading, Func<JsonElement, string> Read)
{
    /// <summary>A heading and the field that is shown under it as it is.</summary>
    public static implicit operator Column((string Heading, string Field) text) => new(text.Heading, item => item.Text(text.Field));

    public static Column Time(string heading, string field) => new(heading, item => item.Time(field));

    public static Column Percent(string heading, string field) => new(heading, item => item.Percent(field));

    public static Column Money(string heading, string field) => new(heading, item => item.Money(field));
}

/// <summary>Prints results: as tables for people, or as the service's JSON.</summary>
internal sealed class Screen
{
    private static readonly CliJson Readable = new(
        new JsonSerializerOptions(CliJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    private const int WidthOfFiles = 200;
    private static readonly Style Heading = new(decoration: Decoration.Bold);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Doubtful = new(Color.Yellow);
    private readonly TextWriter _out;
    private readonly TextWriter _error;
    private readonly IAnsiConsole _console;

    public Screen(TextWriter output, TextWriter error, bool json, bool withoutColour)
    {
        (_out, _error, IsJson) = (output, error, json);
        var terminal = new AnsiConsoleOutput(output);
        var isPlain = withoutColour || !terminal.IsTerminal;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = terminal,
            Interactive = InteractionSupport.No,
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (!_console.Profile.Out.IsTerminal)
        {
            _console.Profile.Width = WidthOfFiles;
        }
    }

    /// <summary>Whether JSON is printed, and so nothing but one document.</summary>
    public bool IsJson { get; }

    public int Show(JsonElement body, Action<Screen, JsonElement> show)
    {
        if (IsJson)
        {
            _out.WriteLine(JsonSerializer.Serialize(body, Readable.JsonElement));
        }
        else
        {
            show(this, body);
        }

        return ExitCodes.Done;
    }

    /// <summary>Says in one line what went wrong: in JSON the service's own refusal, or the reason alone where it gave none.</summary>
    public int Fail(string why, JsonElement? body = null)
    {
        _error.WriteLine((IsJson, body) switch
        {
            (false, _) => why,
            (true, { } refusal) => JsonSerializer.Serialize(refusal, Readable.JsonElement),
            (true, null) => JsonSerializer.Serialize(new NoAnswer(why), Readable.NoAnswer),
        });
        return ExitCodes.Failed;
    }

    public void Line(string text) => _out.WriteLine(text);

    /// <summary>A table; where it has no rows, a line that says so.</summary>
    public void Table(string none, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, Heading)));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell, StyleOf(cell))));
        }

        if (table.Rows.Count == 0)
        {
            Line(none);
        }
        else
        {
            _console.Write(table);
        }
    }

    /// <summary>The same, of JSON.</summary>
    public void Table(string none, IEnumerable<JsonElement> items, params Column[] columns) => Table(
        none,
        Array.ConvertAll(columns, column => column.Heading),
        items.Select(item => Array.ConvertAll(columns, column => column.Read(item))));

    /// <summary>A page of a list, and how to get the next one.</summary>
    public void Page(string none, JsonElement body, string items, params Column[] columns)
    {
        Table(none, body.Items(items), columns);
        if (body.Text("next") is { Length: > 0 } next)
        {
            Line($"More with --after {next}");
        }
    }

    /// <summary>The colour of a word: how something ended is to be seen at a glance. None where the output is no terminal.</summary>
    private static Style StyleOf(string cell) => cell switch
    {
        "verified" or "DELIVERED" or "READ" or "ok" => Good,
        "failed" or "undeliverable" or "UNDELIVERED" or "REJECTED" or "unavailable" or "dead" => Bad,
        "expired" or "canceled" or "superseded" or "skipped" => Doubtful,
        _ => Style.Plain,
    };

    /// <summary>Names and values, a line each; what is absent or empty is left out.</summary>
    public void Values(JsonElement body, params Column[] values)
    {
        var grid = new Grid().AddColumn().AddColumn();
        foreach (var value in values)
        {
            if (value.Read(body) is { Length: > 0 } text)
            {
                grid.AddRow(new Text(value.Heading), new Text(text));
            }
        }

        _console.Write(grid);
    }
}
