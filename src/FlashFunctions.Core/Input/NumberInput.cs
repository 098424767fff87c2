using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Input;

/// <summary>The phone number of a call: it is there, and it could be called.</summary>
public sealed class NumberInput(NumberPlan plan, IOptions<NumberOptions> options, DevelopmentMode development)
{
    private readonly bool _requireAssignedRange = options.Value.RequireAssignedRange ?? !development.IsOn;

    /// <summary>
    /// Reads a required number. Null where it is missing or not a string, which is errorCode 10 among the other fields' errors; invalid
    /// where it cannot be called, which is errorCode 11.
    /// </summary>
    public NumberReading? Read(Fields fields, string name)
    {
        var reading = fields.Number(name) is { } text ? plan.Read(text, _requireAssignedRange) : null;
        if (reading is NumberReading.Invalid invalid)
        {
            fields.Note(name, invalid.Reason);
        }

        return reading;
    }
}
