namespace FlashFunctions.Core.Storage;

/// <summary>Every table, by the name under which its <see cref="ITable"/> is registered (a keyed singleton) and stored.</summary>
public static class TableNames
{
    public const string Requests = "Requests";
    public const string Guard = "Guard";
    public const string References = "References";
    public const string Idempotency = "Idempotency";
    public const string Accounts = "Accounts";
    public const string Tokens = "Tokens";
    public const string Statistics = "Statistics";
    public const string Routes = "Routes";
    public const string Sweep = "Sweep";
    public const string InboundMessages = "InboundMessages";
    public const string DeadLetters = "DeadLetters";
    public const string Spend = "Spend";
    public const string Index = "Index";
    public const string Fraud = "Fraud";
    public const string TestNumbers = "TestNumbers";

    public static IReadOnlyList<string> All { get; } =
    [
        Requests, Guard, References, Idempotency, Accounts, Tokens, Statistics, Routes, Sweep, InboundMessages, DeadLetters, Spend, Index,
        Fraud, TestNumbers,
    ];
}

/// <summary>Every queue, by the name under which its <see cref="IWorkQueue"/> is registered (a keyed singleton) and stored.</summary>
public static class QueueNames
{
    /// <summary>Steps to place, and the moments at which the next step starts.</summary>
    public const string Dispatch = "flash-dispatch";

    public const string Reports = "flash-reports";

    /// <summary>Status changes to tell the accounts.</summary>
    public const string Callbacks = "flash-callbacks";

    /// <summary>The functions host moves a message there after its fifth failure.</summary>
    public const string PoisonSuffix = "-poison";

    public static IReadOnlyList<string> All { get; } = [Dispatch, Reports, Callbacks];
}
