namespace FlashFunctions.Core.Requests;

/// <summary>What can end a verification.</summary>
public enum EndEvent
{
    RightCode,
    LastWrongCode,
    DueTimePassed,

    /// <summary>The due time passed, and the last report was that nothing arrived.</summary>
    DueTimePassedUndelivered,
    Cancel,
    NewerVerification,
    NothingCouldBePlaced,
}

/// <summary>The result of a verification: (result, event) → result. Pairs that are not in it change nothing: an end is an end.</summary>
public static class ResultTable
{
    private static readonly Dictionary<(VerificationResult, EndEvent), VerificationResult> Transitions = new()
    {
        [(VerificationResult.Pending, EndEvent.RightCode)] = VerificationResult.Verified,
        [(VerificationResult.Pending, EndEvent.LastWrongCode)] = VerificationResult.Failed,
        [(VerificationResult.Pending, EndEvent.DueTimePassed)] = VerificationResult.Expired,
        [(VerificationResult.Pending, EndEvent.DueTimePassedUndelivered)] = VerificationResult.Undeliverable,
        [(VerificationResult.Pending, EndEvent.Cancel)] = VerificationResult.Canceled,
        [(VerificationResult.Pending, EndEvent.NewerVerification)] = VerificationResult.Superseded,
        [(VerificationResult.Pending, EndEvent.NothingCouldBePlaced)] = VerificationResult.Undeliverable,
    };

    /// <summary>What the result becomes.</summary>
    public static VerificationResult Apply(VerificationResult result, EndEvent happened) =>
        Transitions.GetValueOrDefault((result, happened), result);
}
