namespace FlashFunctions.LocalHost.Demo;

/// <summary>One verification of the demonstration; times are milliseconds since it was asked for, null where it never happened.</summary>
internal sealed record DemoRow(string Name)
{
    public string Providers { get; init; } = "";

    public string Result { get; init; } = "";

    public double? Accepted { get; init; }

    public double? Ringing { get; init; }

    public double? Delivered { get; init; }

    public double? Checked { get; init; }

    public double? Reported { get; init; }

    public string? Report { get; init; }

    public bool IsVerified => Result == "VERIFIED";
}
