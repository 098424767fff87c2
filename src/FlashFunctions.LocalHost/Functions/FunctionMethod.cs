using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace FlashFunctions.LocalHost.Functions;

/// <summary>A method marked as a function, with its trigger.</summary>
internal sealed record FunctionMethod(string Name, Type Class, MethodInfo Method, TriggerBindingAttribute Trigger)
{
    private static readonly Type[] ReturnTypes =
        [typeof(void), typeof(Task), typeof(ValueTask), typeof(Task<IResult>), typeof(ValueTask<IResult>)];

    public static IEnumerable<FunctionMethod> In(IEnumerable<Type> types) =>
        from type in types
        where type.IsClass && !type.ContainsGenericParameters
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let attribute = method.GetCustomAttribute<FunctionAttribute>()
        where attribute is not null
        select new FunctionMethod(attribute.Name, type, method, TriggerOf(attribute.Name, method));

    /// <summary>An exception that names the function.</summary>
    public InvalidOperationException Wrong(string what) => Wrong(Name, what);

    /// <summary>Makes it callable: its class from the services, its parameters from the invocation, its result as a task.</summary>
    /// <param name="source">What a parameter is taken from; null where its trigger has nothing for it.</param>
    public FunctionInvoker Compile(Func<ParameterInfo, Func<Invocation, object?>?> source)
    {
        var arguments = Array.ConvertAll(Method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken)
            ? invocation => invocation.CancellationToken
            : source(parameter)
                ?? throw Wrong($"the local host has nothing for the parameter {parameter.ParameterType.Name} {parameter.Name}"));
        if (!ReturnTypes.Contains(Method.ReturnType) && !Method.ReturnType.IsAssignableTo(typeof(IResult)))
        {
            throw Wrong($"the local host cannot answer with {Method.ReturnType.Name}, only with IResult, Task, ValueTask or nothing");
        }

        var method = MethodInvoker.Create(Method);
        return invocation => AwaitAsync(method.Invoke(
            Method.IsStatic ? null : invocation.Services.GetRequiredService(Class),
            Array.ConvertAll(arguments, argument => argument(invocation)).AsSpan()));
    }

    private static async Task<IResult?> AwaitAsync(object? returned)
    {
        switch (returned)
        {
            case Task<IResult> task:
                return await task;
            case ValueTask<IResult> task:
                return await task;
            case Task task:
                await task;
                return null;
            case ValueTask task:
                await task;
                return null;
            default:
                return (IResult?)returned;
        }
    }

    private static InvalidOperationException Wrong(string name, string what) => new($"Function {name}: {what}.");

    private static TriggerBindingAttribute TriggerOf(string name, MethodInfo method)
    {
        var triggers = method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes<TriggerBindingAttribute>()).ToArray();
        return triggers is [var trigger] ? trigger : throw Wrong(name, $"it has {triggers.Length} triggers and must have one");
    }
}
