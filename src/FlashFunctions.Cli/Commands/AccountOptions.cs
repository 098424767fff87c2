using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;

namespace FlashFunctions.Cli.Commands;

/// <summary>What can be said of an account, and the body that says it.</summary>
internal sealed class AccountOptions
{
    private readonly Option<string?> _name = new("--name") { Description = "Display name." };
    private readonly Option<bool?> _active = new("--active") { Description = "false: every call is refused." };
    private readonly Option<int?> _rate = new("--rate") { Description = "Calls a second, 1 to 100,000; 30 by default." };
    private readonly Option<string[]> _senders = Several("--sender", "A sender that it may name; repeat it for more.");
    private readonly Option<JsonObject?> _cap = new("--cap")
    {
        Description = "Spending limit per day (UTC): 100EUR.",
        CustomParser = ParseCap,
    };
    private readonly Option<JsonArray?> _workflow = new("--workflow")
    {
        Description =
            "Steps of a verification that names no workflow: method[@provider][/seconds], separated by commas: call@unibell/30,sms.",
        CustomParser = ParseWorkflow,
    };

    private readonly Option<string[]> _numbers = Several(
        "--number", "A number whose inbound messages are its own, as +37253000000; repeat it for more.");
    private readonly Option<string?> _inbound = new("--inbound-sms") { Description = "The https address to which they are forwarded." };
    private readonly (Option<bool> Option, string Field)[] _none;

    public AccountOptions(bool isNew)
    {
        _none = isNew
            ? []
            :
            [
                (new("--any-sender") { Description = "It may name any sender." }, "senders"),
                (new("--no-cap") { Description = "It may spend as much as it likes." }, "dailyCap"),
                (new("--no-workflow") { Description = "Each verification names its method." }, "workflow"),
                (new("--no-numbers") { Description = "It owns no number." }, "numbers"),
                (new("--no-inbound-sms") { Description = "Inbound messages are only stored." }, "inboundSmsAddress"),
            ];
        All = [_name, _active, _rate, _senders, _cap, _workflow, _numbers, _inbound, .. _none.Select(none => none.Option)];
    }

    public IReadOnlyList<Option> All { get; }

    /// <summary>The body: the fields that were named, and no others.</summary>
    public JsonObject Read(ParseResult parsed)
    {
        var body = new JsonObject();
        Set("name", _name, parsed.GetValue(_name));
        Set("active", _active, parsed.GetValue(_active));
        Set("ratePerSecond", _rate, parsed.GetValue(_rate));
        Set("senders", _senders, List(parsed.GetValue(_senders)));
        Set("dailyCap", _cap, parsed.GetValue(_cap));
        Set("workflow", _workflow, parsed.GetValue(_workflow));
        Set("numbers", _numbers, List(parsed.GetValue(_numbers)));
        Set("inboundSmsAddress", _inbound, parsed.GetValue(_inbound));
        foreach (var (option, field) in _none.Where(none => parsed.GetValue(none.Option)))
        {
            body[field] = null;
        }

        return body;

        void Set(string field, Option option, JsonNode? value)
        {
            if (parsed.GetResult(option) is { Implicit: false })
            {
                body[field] = value;
            }
        }
    }

    private static Option<string[]> Several(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.OneOrMore };

    private static JsonArray List(string[]? texts) => [.. (texts ?? []).Select(text => JsonValue.Create(text))];

    private static JsonObject? ParseCap(ArgumentResult result)
    {
        var text = result.Tokens[0].Value.Replace(" ", "", StringComparison.Ordinal);
        if (text.Length > 3 && decimal.TryParse(text[..^3], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
        {
            return new JsonObject { ["amount"] = amount, ["currency"] = text[^3..].ToUpperInvariant() };
        }

        result.AddError("--cap is an amount and a currency, such as 100EUR.");
        return null;
    }

    private static JsonArray? ParseWorkflow(ArgumentResult result)
    {
        var steps = new JsonArray();
        foreach (var text in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            var slash = text.Split('/');
            var at = slash[0].Split('@');
            var wait = 0;
            if (slash.Length > 2 || at.Length > 2
                || (slash.Length == 2 && !int.TryParse(slash[1], NumberStyles.None, CultureInfo.InvariantCulture, out wait)))
            {
                result.AddError($"--workflow has a step that is not method[@provider][/seconds]: {text}");
                return null;
            }

            var step = new JsonObject { ["method"] = at[0] };
            if (at.Length == 2)
            {
                step["provider"] = at[1];
            }

            if (slash.Length == 2)
            {
                step["wait"] = wait;
            }

            steps.Add(step);
        }

        return steps;
    }
}
