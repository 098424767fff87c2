using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Messages;

/// <summary>What a message, a flow or a spoken call asks for, once it makes sense.</summary>
/// <param name="Product">The source document's name of it.</param>
/// <param name="Number">The phone.</param>
/// <param name="Steps">What to send, one step for what is no flow.</param>
/// <param name="CallbackUrl">Where the account wants to be told.</param>
/// <param name="Payload">The parameters as they came.</param>
public sealed record SendCommand(
    string Product,
    NumberReading.Valid Number,
    IReadOnlyList<WorkflowStep> Steps,
    string? CallbackUrl,
    IReadOnlyDictionary<string, string> Payload)
{
    /// <summary>The account's own id of it.</summary>
    public string? Reference { get; init; }

    /// <summary>The test number that it is sent to, if it is one.</summary>
    public TestNumber? Test { get; init; }

    /// <summary>The code to speak, which the account chose.</summary>
    public string? Code { get; init; }

    /// <summary>The language to speak.</summary>
    public string? Language { get; init; }

    /// <summary>How long the steps before the last may take.</summary>
    public TimeSpan TotalWait { get; init; }

    /// <summary>Never the code or the text.</summary>
    public override string ToString() => $"{Product} to {Number.Number}";
}

/// <summary>How a message, a flow or a spoken call was taken.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    public sealed record Accepted(RequestRecord Request) : SendOutcome;

    public sealed record Refused(Problem Problem) : SendOutcome;
}
