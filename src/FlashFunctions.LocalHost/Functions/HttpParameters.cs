using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;

namespace FlashFunctions.LocalHost.Functions;

/// <summary>The parameters of an HTTP function: the request, and the route's parameters by name.</summary>
internal static class HttpParameters
{
    // The functions host answers a value that does not convert with 500; a constraint in the route makes it a 404 on both hosts.
    private static readonly Dictionary<Type, string> Constraints = new()
    {
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(Guid)] = "guid",
        [typeof(bool)] = "bool",
    };

    public static Func<ParameterInfo, Expression, Expression?> Of(FunctionMethod function, RoutePattern route) => (parameter, invocation) =>
    {
        var request = Expression.Property(invocation, nameof(Invocation.Request));
        return parameter.ParameterType == typeof(HttpRequest) ? request
            : route.GetParameter(parameter.Name!) is { } inRoute ? Value(function, parameter, inRoute, request)
            : null;
    };

    private static MethodCallExpression Value(
        FunctionMethod function, ParameterInfo parameter, RoutePatternParameterPart inRoute, Expression request)
    {
        var name = Expression.Constant(inRoute.Name);
        if (parameter.ParameterType == typeof(string))
        {
            return Expression.Call(typeof(HttpParameters), nameof(Text), null, request, name);
        }

        var constraint = Constraints.GetValueOrDefault(parameter.ParameterType)
            ?? throw function.Wrong($"a route parameter cannot be {parameter.ParameterType.Name} {parameter.Name}");
        return inRoute.ParameterPolicies.Any(
                policy => policy.Content is { } content && content.Equals(constraint, StringComparison.OrdinalIgnoreCase))
            ? Expression.Call(typeof(HttpParameters), nameof(Parse), [parameter.ParameterType], request, name)
            : throw function.Wrong($"its route must say {{{inRoute.Name}:{constraint}}}, or bad values end as 500");
    }

    private static string? Text(HttpRequest request, string name) => request.RouteValues[name] as string;

    private static T Parse<T>(HttpRequest request, string name) =>
        typeof(T) == typeof(Guid)
            ? (T)(object)Guid.Parse(Text(request, name)!)
            : (T)Convert.ChangeType(Text(request, name), typeof(T), CultureInfo.InvariantCulture)!;
}
