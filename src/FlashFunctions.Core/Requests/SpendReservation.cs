namespace FlashFunctions.Core.Requests;

/// <summary>An amount that has been counted for a call or message: where, so that it can be given back, and for whom.</summary>
/// <param name="Provider">Whose price it is.</param>
/// <param name="Day">The day (UTC) under which it was counted.</param>
/// <param name="Shard">The row of that day.</param>
/// <param name="Units">Millionths of the currency.</param>
/// <param name="Currency">The cap's currency.</param>
/// <param name="Cap">The cap that it was counted under, in millionths; null: not known.</param>
public sealed record SpendReservation(string Provider, DateOnly Day, int Shard, long Units, string Currency, long? Cap = null);
