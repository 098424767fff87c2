using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Simulator;

/// <summary>How a provider turns requests away.</summary>
/// <param name="Provider">The provider, whose outages count and under whose name requests are captured.</param>
/// <param name="Authenticate">Null when the credentials are right, otherwise the refusal.</param>
/// <param name="Refuse">The provider's words for a refusal; null for <see cref="SimulatedRefusal.None"/>.</param>
internal sealed record Door(string Provider, Func<HttpRequest, Reply?> Authenticate, Func<SimulatedRefusal, Reply?> Refuse);
