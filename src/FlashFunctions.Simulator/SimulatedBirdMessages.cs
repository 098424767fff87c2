using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Checks a request body against a schema and collects what is wrong, by JSON path.</summary>
internal sealed class SimulatedBirdBody(JsonElement body)
{
    private readonly Dictionary<string, string[]> _problems = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string[]> Problems => _problems;

    public bool Has(string name) => body.Member(name) is not null;

    /// <summary>additionalProperties: false.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                AddProblem(property.Name, "is not a known property");
            }
        }
    }

    public string? Text(string name, bool required)
    {
        if (body.Member(name) is not { } value)
        {
            if (required)
            {
                AddProblem(name, "is required");
            }
        }
        else if (value.ValueKind != JsonValueKind.String)
        {
            AddProblem(name, "must be a string");
        }

        return body.Text(name);
    }

    /// <summary>A phone number, as digits.</summary>
    public string? Number(string name, bool required)
    {
        var text = Text(name, required);
        var digits = SimulatedNumbers.DigitsOf(text);
        if (text is not null && digits is null)
        {
            AddProblem(name, "is not a phone number");
        }

        return digits;
    }

    public int? Integer(string name, int least, int most)
    {
        var number = body.Integer(name);
        if (Has(name) && number is null)
        {
            AddProblem(name, "must be an integer");
        }
        else if (number < least || number > most)
        {
            AddProblem(name, $"must be between {least} and {most}");
        }

        return number;
    }

    public void AddProblem(string name, string message) => _problems.TryAdd("$." + name, [message]);
}

/// <summary>The FlashCall resource.</summary>
internal sealed record SimulatedBirdResource(
    string Id, string ChannelId, string From, string To, string Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public int? RingTimeout { get; init; }

    public SimulatedBirdPrice? AttemptPrice { get; init; }

    public SimulatedBirdPrice? ConnectionPrice { get; init; }

    public string? Reason { get; init; }

    public int? Duration { get; init; }

    public DateTimeOffset? RingingAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

internal sealed record SimulatedBirdPrice(int Amount, int Exponent, string Currency);

/// <summary>What ends a call.</summary>
internal sealed record SimulatedBirdHangup(string? ReceivedCli, string? Result);

/// <summary>Both error schemas: details are messages by JSON path where the request was invalid.</summary>
internal sealed record SimulatedBirdError(string Code, string Message, IReadOnlyDictionary<string, string[]>? Details);

/// <summary>The envelope of the webhook.</summary>
internal sealed record SimulatedBirdEvent(string Service, string Event, SimulatedBirdResource Payload);
