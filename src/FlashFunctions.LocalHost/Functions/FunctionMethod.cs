using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace FlashFunctions.LocalHost.Functions;

/// <summary>A method marked as a function, with its trigger.</summary>
internal sealed record FunctionMethod(string Name, Type Class, MethodInfo Method, TriggerBindingAttribute Trigger)
{
    public static IEnumerable<FunctionMethod> In(IEnumerable<Type> types) =>
        from type in types
        where type.IsClass && !type.ContainsGenericParameters
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        let attribute = method.GetCustomAttribute<FunctionAttribute>()
        where attribute is not null
        select new FunctionMethod(attribute.Name, type, method, TriggerOf(attribute.Name, method));

    /// <summary>An exception that names the function.</summary>
    public InvalidOperationException Wrong(string what) => Wrong(Name, what);

    private static InvalidOperationException Wrong(string name, string what) => new($"Function {name}: {what}.");

    private static TriggerBindingAttribute TriggerOf(string name, MethodInfo method)
    {
        var triggers = method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes<TriggerBindingAttribute>()).ToArray();
        return triggers is [var trigger] ? trigger : throw Wrong(name, $"it has {triggers.Length} triggers and must have one");
    }
}
