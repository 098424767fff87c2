using System.Diagnostics;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Input;

/// <summary>The phone number of a call: it is there, and it could be called.</summary>
public sealed class NumberInput(NumberPlan plan, IOptions<NumberOptions> options, DevelopmentMode development)
{
    private readonly bool _requireAssignedRange = options.Value.RequireAssignedRange ?? !development.IsOn;

    /// <summary>
    /// Reads a required number. A number that is missing or not a string is errorCode 10 among the other fields' errors; one that
    /// cannot be called, whatever it holds and however long it is, is errorCode 11 and is what this returns.
    /// </summary>
    public (NumberReading.Valid? Number, Problem? Problem) Read(Fields fields, string name)
    {
        if (fields.Number(name) is not { } text)
        {
            return (null, null);
        }

        switch (plan.Read(text, _requireAssignedRange))
        {
            case NumberReading.Valid valid:
                return (valid, null);
            case NumberReading.Invalid invalid:
                fields.Note(name, invalid.Reason);
                return (null, Problem.InvalidNumber(name, invalid.Reason));
            default:
                throw new UnreachableException();
        }
    }
}
