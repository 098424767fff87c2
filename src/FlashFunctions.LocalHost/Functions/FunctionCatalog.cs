using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using NCrontab;

namespace FlashFunctions.LocalHost.Functions;

/// <summary>
/// Every function of some classes, read from its attributes. A function that this host could not run as it stands is an error.
/// </summary>
internal sealed class FunctionCatalog
{
    private static readonly Dictionary<Type, string> Constraints = new()
    {
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(Guid)] = "guid",
        [typeof(bool)] = "bool",
    };

    private readonly IConfiguration _configuration;
    private readonly string _routePrefix;

    public FunctionCatalog(IEnumerable<Type> types, IConfiguration configuration, string routePrefix)
    {
        (_configuration, _routePrefix) = (configuration, routePrefix);
        var methods = FunctionMethod.In(types).ToArray();
        RefuseRepeated(methods.Select(method => method.Name), "Two functions are called {0}.");
        Classes = [.. methods.Where(method => !method.Method.IsStatic).Select(method => method.Class).Distinct()];
        foreach (var method in methods)
        {
            Add(method);
        }

        RefuseRepeated(Queues.Select(function => function.Queue), "Two functions read the queue {0}.");
    }

    public List<HttpFunction> Http { get; } = [];

    public List<QueueFunction> Queues { get; } = [];

    public List<TimerFunction> Timers { get; } = [];

    /// <summary>The classes that the functions are methods of.</summary>
    public IReadOnlyList<Type> Classes { get; }

    private static void RefuseRepeated(IEnumerable<string> names, string message)
    {
        if (names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } repeated)
        {
            throw new InvalidOperationException(string.Format(null, message, repeated.Key));
        }
    }

    private void Add(FunctionMethod method)
    {
        switch (method.Trigger)
        {
            case HttpTriggerAttribute http:
                Http.Add(Read(method, http));
                break;
            case QueueTriggerAttribute queue:
                Queues.Add(new(method.Name, Resolve(method, queue.QueueName), method.Compile(QueueParameter)));
                break;
            case TimerTriggerAttribute timer:
                Timers.Add(new(
                    method.Name, Schedule(method, timer.Schedule), timer.RunOnStartup, method.Compile(TimerParameter)));
                break;
            default:
                throw method.Wrong($"the local host does not know the trigger {method.Trigger.GetType().Name}");
        }
    }

    private HttpFunction Read(FunctionMethod method, HttpTriggerAttribute trigger)
    {
        var route = RoutePatternFactory.Parse($"{_routePrefix}/{(trigger.Route ?? method.Name).TrimStart('/')}".TrimStart('/'));
        var invoke = method.Compile(parameter => HttpParameter(method, parameter, route));
        return new(method.Name, route, trigger.Methods ?? [], trigger.AuthLevel != AuthorizationLevel.Anonymous, invoke);
    }

    /// <summary>The request, and the route's parameters by name.</summary>
    private static Func<Invocation, object?>? HttpParameter(FunctionMethod method, ParameterInfo parameter, RoutePattern route)
    {
        var type = parameter.ParameterType;
        if (type == typeof(HttpRequest))
        {
            return invocation => invocation.Request;
        }

        if (route.GetParameter(parameter.Name!) is not { } inRoute)
        {
            return null;
        }

        if (type == typeof(string))
        {
            return invocation => invocation.Request.RouteValues[inRoute.Name] as string;
        }

        // The functions host answers a value that does not convert with 500; a constraint in the route makes it a 404 on both hosts.
        var constraint = Constraints.GetValueOrDefault(type)
            ?? throw method.Wrong($"a route parameter cannot be {type.Name} {parameter.Name}");
        if (!inRoute.ParameterPolicies.Any(policy => constraint.Equals(policy.Content, StringComparison.OrdinalIgnoreCase)))
        {
            throw method.Wrong($"its route must say {{{inRoute.Name}:{constraint}}}, or bad values end as 500");
        }

        var converter = TypeDescriptor.GetConverter(type);
        return invocation => converter.ConvertFromInvariantString((string)invocation.Request.RouteValues[inRoute.Name]!);
    }

    private static Func<Invocation, object?>? QueueParameter(ParameterInfo parameter)
    {
        var isTrigger = parameter.GetCustomAttribute<QueueTriggerAttribute>() is not null;
        return isTrigger && parameter.ParameterType == typeof(string) ? invocation => invocation.Message.Body
            : !isTrigger && parameter.Name == "dequeueCount" && parameter.ParameterType == typeof(int)
                ? invocation => invocation.Message.DequeueCount
            : null;
    }

    private static Func<Invocation, object?>? TimerParameter(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(TimerInfo) ? invocation => invocation.Timer : null;

    private CrontabSchedule Schedule(FunctionMethod method, string expression)
    {
        var resolved = Resolve(method, expression);
        var seconds = resolved.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        return CrontabSchedule.TryParse(resolved, new CrontabSchedule.ParseOptions { IncludingSeconds = seconds })
            ?? throw method.Wrong($"“{resolved}” is not a schedule");
    }

    /// <summary>Whole names in per cent signs stand for settings, as they do in the functions host.</summary>
    private string Resolve(FunctionMethod method, string text)
    {
        var parts = text.Split('%');
        for (var i = 1; i < parts.Length - 1; i += 2)
        {
            parts[i] = _configuration[parts[i].Replace("__", ":", StringComparison.Ordinal)]
                ?? throw method.Wrong($"the setting %{parts[i]}% is missing");
        }

        return parts.Length % 2 == 1 ? string.Concat(parts) : throw method.Wrong($"“{text}” has an odd number of per cent signs");
    }
}
