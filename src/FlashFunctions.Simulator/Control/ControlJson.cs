using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>Body of <c>PUT /control/providers/{name}</c>: down means the mode, or 503 without one.</summary>
internal sealed record ProviderSetting(bool? Down, string? Mode);

/// <summary>One provider as the control endpoint lists it.</summary>
internal sealed record ProviderState(string Name, Uri Address, string Mode);

/// <summary>Body of <c>PUT /control/callbacks</c>; what is left out stays.</summary>
internal sealed record CallbackSetting(Uri? Unibell, Uri? Bird, Uri? InboundSms);

internal sealed record CallbackState(bool Paused, int Waiting, SimulatedCallbackAddresses Addresses, IReadOnlyList<SimulatedCallback> Sent);

internal sealed record CallList(long Total, IReadOnlyList<SimulatedCall> Calls);

internal sealed record Delivered(int Steps);

internal sealed record ControlError(string Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(IReadOnlyList<SimulatedPhone>))]
[JsonSerializable(typeof(IReadOnlyList<SimulatedRequest>))]
[JsonSerializable(typeof(IReadOnlyList<SimulatedReport>))]
[JsonSerializable(typeof(IReadOnlyList<SimulatedBehaviour>))]
[JsonSerializable(typeof(IReadOnlyList<ProviderState>))]
[JsonSerializable(typeof(CallList))]
[JsonSerializable(typeof(CallbackState))]
[JsonSerializable(typeof(ProviderSetting))]
[JsonSerializable(typeof(CallbackSetting))]
[JsonSerializable(typeof(SimulatedInboundSms))]
[JsonSerializable(typeof(Delivered))]
[JsonSerializable(typeof(ControlError))]
internal sealed partial class ControlJson : JsonSerializerContext;
