using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Tests.Requests;

/// <summary>
/// Requests and attempts for tests: created at the epoch, due five minutes later. What a test needs to differ it changes by <c>with</c>.
/// </summary>
internal static class Sample
{
    public static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    public static readonly DateTimeOffset Due = Start.AddMinutes(5);

    public static readonly SpendReservation Spend = new("lanck", new DateOnly(1970, 1, 1), 0, 10_000, "EUR");

    /// <summary>An SMS request of two steps.</summary>
    public static RequestRecord Message(params AttemptRecord[] attempts) => new()
    {
        Id = RequestId.New(Due),
        Account = "shop",
        Product = Products.Sms,
        Number = PhoneNumber.Parse("+491701234567", null),
        Country = "DE",
        CreatedAt = Start,
        Steps = [new WorkflowStep(Channel.Sms), new WorkflowStep(Channel.Voice)],
        Content = new MessageContent { Code = new CodeRecipe("k", 4, NoLeadingZero: false, Given: "sealed") },
        CurrentStep = attempts.Length > 0 ? attempts[^1].Step : -1,
        Attempts = attempts,
    };

    /// <summary>A verification of two steps.</summary>
    public static RequestRecord Verification(params AttemptRecord[] attempts) => Message(attempts) with
    {
        Product = "verify.sms",
        Verification = new VerificationState { CodeLength = 4, WrongLimit = 5 },
    };

    public static RequestRecord Verification(VerificationResult result) => Verification() with
    {
        Verification = new VerificationState { CodeLength = 4, WrongLimit = 5, Result = result },
        EndedAt = result == VerificationResult.Pending ? null : Start,
    };

    public static AttemptRecord Attempt(AttemptState state, TransportStatus? status = null, int step = 0) => new()
    {
        Step = step,
        Provider = "lanck",
        State = state,
        Status = status,
        StartedAt = Start,
        Wait = TimeSpan.FromSeconds(30),
    };
}
