namespace FlashFunctions.Simulator;

/// <summary>What a provider was told about the outcome of a call or message.</summary>
/// <param name="At">When.</param>
/// <param name="Provider">One of <see cref="SimulatedProviders.All"/>; Revicom's conversions under <c>revicom</c>.</param>
/// <param name="Kind"><c>conversion</c> (Revicom), <c>goal</c> (Lanck), <c>end</c> (Bird by id) or <c>hangup</c> (Bird by numbers).</param>
/// <param name="Reference">The provider's id of the call or message; null where none was found.</param>
/// <param name="Number">The phone, E.164 digits, where known.</param>
/// <param name="Result">The word that was reported.</param>
/// <param name="Detail">The code (Revicom) or the received caller number (Bird), where given.</param>
public sealed record SimulatedReport(
    DateTimeOffset At, string Provider, string Kind, string? Reference, string? Number, string Result, string? Detail);
