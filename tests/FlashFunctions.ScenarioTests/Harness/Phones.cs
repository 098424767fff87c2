using System.Globalization;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>Numbers of simulated phones. The last two digits choose what the simulated providers do.</summary>
public static class Phones
{
    /// <summary>An ordinary phone.</summary>
    public const string Ordinary = "+37253000001";

    /// <summary>A number of the service's own, rule 10; its code ends in 0000.</summary>
    public const string Test = "+15005550006";

    public const int Answered = 60;
    public const int Declined = 61;
    public const int Rejected = 62;
    public const int Unreachable = 63;
    public const int Forbidden = 64;
    public const int Unfinished = 65;
    public const int Contradicted = 67;
    public const int Swallowed = 69;
    public const int RefusedAsInvalidNumber = 77;
    public const int RingsWithServerError = 86;
    public const int RingsAndResets = 88;
    public const int RingsUnreadable = 90;
    public const int RingsEmpty = 91;
    public const int CallbacksDuplicated = 93;
    public const int CallbacksReordered = 94;
    public const int CallbacksEarly = 95;
    public const int CallbacksLost = 96;
    public const int CallbacksUnknown = 97;
    public const int CallbacksForged = 99;

    /// <summary>A phone by its behaviour; several of them by <paramref name="phone"/>, 0 to 9,999.</summary>
    public static string With(int behaviour, int phone = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"+37253{phone:D4}{behaviour:D2}");

    /// <summary>Many ordinary phones, 0 to 9,999.</summary>
    public static string Of(int phone) => With(1, phone);
}
