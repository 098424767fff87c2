using System.Linq.Expressions;
using System.Reflection;

namespace FlashFunctions.LocalHost.Functions;

/// <summary>
/// Makes one delegate of a function: its class from the services, its parameters from the invocation, its result as a task.
/// </summary>
internal static class FunctionCompiler
{
    private static readonly MethodInfo GetService = typeof(ServiceProviderServiceExtensions).GetMethod(
        nameof(ServiceProviderServiceExtensions.GetRequiredService), 1, [typeof(IServiceProvider)])!;

    public static FunctionInvoker Compile(FunctionMethod function, Func<ParameterInfo, Expression, Expression?> source)
    {
        var invocation = Expression.Parameter(typeof(Invocation), "invocation");
        var arguments = function.Method.GetParameters().Select(parameter => Argument(function, parameter, invocation, source));
        var instance = function.Method.IsStatic
            ? null
            : Expression.Call(GetService.MakeGenericMethod(function.Class), Expression.Property(invocation, nameof(Invocation.Services)));
        var call = Expression.Call(instance, function.Method, arguments);
        return Expression.Lambda<FunctionInvoker>(AsTask(function, call), invocation).Compile();
    }

    private static Expression Argument(
        FunctionMethod function, ParameterInfo parameter, Expression invocation, Func<ParameterInfo, Expression, Expression?> source) =>
        parameter.ParameterType == typeof(CancellationToken)
            ? Expression.Property(invocation, nameof(Invocation.CancellationToken))
            : source(parameter, invocation)
                ?? throw function.Wrong($"the local host has nothing for the parameter {parameter.ParameterType.Name} {parameter.Name}");

    private static Expression AsTask(FunctionMethod function, Expression call)
    {
        var type = call.Type;
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var result = generic is null ? type : type.GetGenericArguments()[0];
        if (type == typeof(void))
        {
            return Expression.Block(call, Expression.Constant(Task.FromResult<IResult?>(null)));
        }

        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return Expression.Call(typeof(FunctionCompiler), nameof(Await), null, call);
        }

        if (typeof(IResult).IsAssignableFrom(result) && (generic is null || generic == typeof(Task<>) || generic == typeof(ValueTask<>)))
        {
            return generic is null
                ? Expression.Call(typeof(Task), nameof(Task.FromResult), [typeof(IResult)], Expression.Convert(call, typeof(IResult)))
                : Expression.Call(typeof(FunctionCompiler), nameof(Await), [result], call);
        }

        throw function.Wrong($"the local host cannot answer with {type.Name}, only with IResult, Task, ValueTask or nothing");
    }

    private static async Task<IResult?> Await(Task task)
    {
        await task;
        return null;
    }

    private static async Task<IResult?> Await(ValueTask task)
    {
        await task;
        return null;
    }

    private static async Task<IResult?> Await<T>(Task<T> task)
        where T : IResult => await task;

    private static async Task<IResult?> Await<T>(ValueTask<T> task)
        where T : IResult => await task;
}
