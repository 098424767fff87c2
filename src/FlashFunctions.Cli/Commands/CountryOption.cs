using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Commands;

/// <summary>The countries that a new account may send to, which a person is asked for where the command line does not say.</summary>
internal sealed class CountryOption
{
    private const string Anywhere = "any";
    private const string Question = "Countries that it may send to (EE,LV, or by method: call:EE,LV sms:EE; empty for any):";

    private static readonly string[] Methods = ["call", "sms", "voice", "push", "viber", "rcs", "speech"];

    public Option<string[]> Option { get; } = new("--countries")
    {
        Description = "Countries that it may send to: EE,LV for every method, call:EE,LV for one, repeated for more; any for all of them.",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Adds the countries to the body of a new account; false where they make no sense, which was said.</summary>
    public async Task<bool> AddAsync(Session session, JsonObject body)
    {
        var given = session.Value(Option) is { Length: > 0 } named
            ? named
            : (await session.AskAsync(Question))?.Split(
                ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (given is null or [] or [Anywhere])
        {
            return true;
        }

        var byMethod = new JsonObject();
        foreach (var text in given)
        {
            var parts = text.Split(':');
            var countries = parts[^1].ToUpperInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length > 2 || countries.Length == 0 || (parts.Length == 2 && !Methods.Contains(parts[0], StringComparer.Ordinal)))
            {
                await session.Environment.Error.WriteLineAsync(
                    $"--countries is EE,LV or one of {string.Join(", ", Methods)}, then :EE,LV, not {text}");
                return false;
            }

            foreach (var method in parts.Length == 2 ? [parts[0]] : Methods)
            {
                byMethod[method] = new JsonArray([.. countries.Select(country => JsonValue.Create(country))]);
            }
        }

        body["fraud"] = new JsonObject { ["countries"] = byMethod };
        return true;
    }

    public static string Of(JsonElement account)
    {
        var allowed = account.TryGetProperty("fraud", out var fraud) && fraud.TryGetProperty("countries", out var countries)
            ? countries.EnumerateObject().Select(method => (Method: method.Name, Countries: countries.Texts(method.Name))).ToArray()
            : [];
        return allowed.Length == 0 ? "every one, at your cost"
            : allowed.Length == Methods.Length && allowed.All(method => method.Countries == allowed[0].Countries) ? allowed[0].Countries
            : string.Join("; ", allowed.Select(method => $"{method.Method}: {method.Countries}"));
    }
}
