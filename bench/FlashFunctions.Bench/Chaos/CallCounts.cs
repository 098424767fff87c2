using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Bench.Chaos;

/// <summary>Counts the calls of tables and queues, by name and verb.</summary>
internal static class CallCounts
{
    private static readonly ConcurrentDictionary<string, int> Counted = new(StringComparer.Ordinal);

    /// <summary>One line of it.</summary>
    public static string Text =>
        string.Join(' ', Counted.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));

    /// <summary>Reads <see cref="Text"/>.</summary>
    public static IReadOnlyDictionary<string, int> Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('='))
        .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>Puts a counter before every table and queue.</summary>
    public static void Attach(IServiceCollection services)
    {
        for (var index = 0; index < services.Count; index++)
        {
            var service = services[index];
            if (service is { IsKeyedService: true, KeyedImplementationFactory: { } make })
            {
                services[index] = service.ServiceType == typeof(ITable) ? Counting<ITable>(service, make)
                    : service.ServiceType == typeof(IWorkQueue) ? Counting<IWorkQueue>(service, make)
                    : service;
            }
        }
    }

    internal static void Note(string port, string verb) => Counted.AddOrUpdate($"{port}.{verb}", 1, (_, count) => count + 1);

    private static ServiceDescriptor Counting<T>(ServiceDescriptor service, Func<IServiceProvider, object?, object> make)
        where T : class =>
        ServiceDescriptor.KeyedSingleton(service.ServiceKey, (provider, key) => CountedPort<T>.Before((T)make(provider, key), $"{key}"));
}

/// <summary>A port that notes each call.</summary>
public class CountedPort<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private string _name = "";

    internal static T Before(T inner, string name)
    {
        var proxy = Create<T, CountedPort<T>>();
        var port = (CountedPort<T>)(object)proxy;
        (port._inner, port._name) = (inner, name);
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        CallCounts.Note(_name, targetMethod!.Name.Replace("Async", "", StringComparison.Ordinal));
        return targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
    }
}
