using System.Diagnostics.CodeAnalysis;

namespace FlashFunctions.Core.Primitives;

/// <summary>
/// What a call came to: a value, or the problem that its caller is answered with. For everything that a caller can get wrong; three or more
/// real outcomes are a closed record of their own.
/// </summary>
public sealed record Result<T>
    where T : notnull
{
    private readonly T? _value;

    internal Result(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    /// <summary>The problem; null where there is a value.</summary>
    public Problem? Problem { get; }

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default, problem);

    /// <summary>Whether there is a value; the one or the other is set.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (_value, Problem);
        return problem is null;
    }

    /// <summary>What a function makes of the value; a problem stays as it is.</summary>
    public Result<TOut> Then<TOut>(Func<T, TOut> next)
        where TOut : notnull => TryGet(out var value, out var problem) ? next(value) : problem;
}

public static class Result
{
    /// <summary>A value of an interface type, which the language does not convert by itself.</summary>
    public static Result<T> Of<T>(T value)
        where T : notnull => new(value, null);
}
