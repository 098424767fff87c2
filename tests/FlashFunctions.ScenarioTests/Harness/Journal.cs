using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>An operation of a port: a table by its name, a queue by its name, or a provider by its name.</summary>
public sealed record Operation(int Index, string Port, string Verb, IReadOnlyList<object?> Arguments)
{
    public override string ToString() => $"{Port}.{Verb}";
}

/// <summary>
/// Stands before every storage port and every provider: writes down each operation, and lets a test act, or crash, before and
/// after it.
/// </summary>
public sealed class Journal
{
    private readonly Lock _lock = new();
    private readonly List<Operation> _operations = [];

    private volatile bool _isDead;

    /// <summary>Called before an operation is done.</summary>
    public Func<Operation, Task>? Before { get; set; }

    /// <summary>Called after an operation is done, before its caller learns of it.</summary>
    public Func<Operation, Task>? After { get; set; }

    /// <summary>What was done, in order.</summary>
    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    /// <summary>
    /// The storage operations since the last <see cref="Clear"/>, as “Table.Verb”; accounts, which are cached, are left out.
    /// </summary>
    public IReadOnlyList<string> Storage =>
        [.. Operations.Where(operation => IsStorage(operation.Port)).Select(operation => operation.ToString())];

    /// <summary>Forgets what was done.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _operations.Clear();
        }
    }

    /// <summary>
    /// The process dies before the first operation that is meant, as by SIGKILL: that one is not done, nor is anything else until
    /// <see cref="Revive"/>, so that nothing can be tidied up, and the queues' messages that were being handled stay hidden.
    /// </summary>
    public void KillBefore(Func<Operation, bool> isMeant) => (Before, After) = (Killing(isMeant), null);

    /// <summary>The same after the first operation that is meant: it is done, and nobody learns of it.</summary>
    public void KillAfter(Func<Operation, bool> isMeant) => (Before, After) = (null, Killing(isMeant));

    /// <summary>Whether the process died since the last <see cref="Revive"/>.</summary>
    public bool IsDead => _isDead;

    /// <summary>The process is there again.</summary>
    public void Revive()
    {
        (Before, After) = (null, null);
        _isDead = false;
    }

    /// <summary>Puts itself before the ports.</summary>
    public void Attach(IServiceCollection services)
    {
        for (var index = 0; index < services.Count; index++)
        {
            var service = services[index];
            if (service.ServiceType == typeof(ITable))
            {
                services[index] = Keyed<ITable>(service);
            }
            else if (service.ServiceType == typeof(IWorkQueue))
            {
                services[index] = Keyed<IWorkQueue>(service);
            }
            else if (service.ServiceType == typeof(IQueueSource))
            {
                services[index] = ServiceDescriptor.Singleton<IQueueSource>(
                    provider => new MortalSource((IQueueSource)Make(provider, service), this));
            }
            else if (service.ServiceType == typeof(IProvider) && service.ImplementationType is { } type)
            {
                services[index] = ServiceDescriptor.Singleton(provider =>
                {
                    var inner = (IProvider)ActivatorUtilities.CreateInstance(provider, type);
                    return (IProvider)Port<IProvider>.Before(inner, ProviderPorts.Of(type), inner.Name, this);
                });
            }
        }
    }

    internal async Task<T> RunAsync<T>(string port, string verb, object?[] arguments, Func<Task<T>> run)
    {
        Operation operation;
        ThrowIfDead();
        lock (_lock)
        {
            operation = new Operation(_operations.Count, port, verb, arguments);
            _operations.Add(operation);
        }

        await (Before?.Invoke(operation) ?? Task.CompletedTask);
        ThrowIfDead();
        var result = await run();
        await (After?.Invoke(operation) ?? Task.CompletedTask);
        ThrowIfDead();
        return result;
    }

    internal void ThrowIfDead()
    {
        if (_isDead)
        {
            throw new SimulatedCrashException();
        }
    }

    private Func<Operation, Task> Killing(Func<Operation, bool> isMeant) => operation =>
    {
        if (isMeant(operation))
        {
            _isDead = true;
        }

        ThrowIfDead();
        return Task.CompletedTask;
    };

    private static object Make(IServiceProvider provider, ServiceDescriptor service) =>
        service.ImplementationInstance ?? service.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!);

    private static bool IsStorage(string port) =>
        (TableNames.All.Contains(port) && port is not (TableNames.Accounts or TableNames.Tokens))
        || QueueNames.All.Contains(port);

    private ServiceDescriptor Keyed<T>(ServiceDescriptor service)
        where T : class => ServiceDescriptor.KeyedSingleton(
            service.ServiceKey,
            (provider, key) => Port<T>.Before((T)service.KeyedImplementationFactory!(provider, key), (string)key!, this));
}

/// <summary>A port with a journal before it.</summary>
public class Port<T> : DispatchProxy
    where T : class
{
    private object _inner = null!;
    private string _name = "";
    private Journal _journal = null!;

    internal static T Before(T inner, string name, Journal journal) => (T)Before(inner, typeof(T), name, journal);

    /// <summary>A proxy of a port that writes each call into the journal before it is made.</summary>
    /// <param name="inner">What is journaled.</param>
    /// <param name="type">The interface of the port: T, or one that extends it.</param>
    /// <param name="name">The port's name.</param>
    /// <param name="journal">Where it is written down.</param>
    internal static object Before(T inner, Type type, string name, Journal journal)
    {
        var proxy = Create(type, typeof(Port<T>));
        var port = (Port<T>)proxy;
        (port._inner, port._name, port._journal) = (inner, name, journal);
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var result = targetMethod!.ReturnType;
        if (!typeof(Task).IsAssignableFrom(result))
        {
            return Call(targetMethod, args);
        }

        var run = result.IsGenericType ? nameof(WithResultAsync) : nameof(WithoutResultAsync);
        var method = typeof(Port<T>).GetMethod(run, BindingFlags.NonPublic | BindingFlags.Instance)!;
        return (result.IsGenericType ? method.MakeGenericMethod(result.GetGenericArguments()) : method).Invoke(this, [targetMethod, args]);
    }

    private Task<TResult> WithResultAsync<TResult>(MethodInfo method, object?[] arguments) =>
        _journal.RunAsync(_name, Verb(method), arguments, () => (Task<TResult>)Call(method, arguments)!);

    private Task<bool> WithoutResultAsync(MethodInfo method, object?[] arguments) =>
        _journal.RunAsync(_name, Verb(method), arguments, async () =>
        {
            await (Task)Call(method, arguments)!;
            return true;
        });

    private object? Call(MethodInfo method, object?[]? arguments) =>
        method.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    /// <summary>Both queries are Query: over the network they look alike.</summary>
    private static string Verb(MethodInfo method) =>
        method.Name.Replace("AfterAsync", "", StringComparison.Ordinal).Replace("Async", "", StringComparison.Ordinal);
}

/// <summary>
/// What each provider can do, as one interface: a proxy has one interface only, and a provider is asked with <c>is</c> for what not all can
/// do.
/// </summary>
internal static class ProviderPorts
{
    private static readonly ModuleBuilder Module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName("FlashFunctions.ScenarioTests.ProviderPorts"), AssemblyBuilderAccess.Run)
        .DefineDynamicModule("ports");

    private static readonly ConcurrentDictionary<Type, Lazy<Type>> Ports = new();

    /// <summary>An interface that extends exactly the provider interfaces that the type has.</summary>
    public static Type Of(Type provider) => Ports.GetOrAdd(provider, static type => new Lazy<Type>(() =>
    {
        lock (Module)
        {
            return Module.DefineType(
                $"I{type.Name}",
                TypeAttributes.Public | TypeAttributes.Interface | TypeAttributes.Abstract,
                parent: null,
                Array.FindAll(type.GetInterfaces(), typeof(IProvider).IsAssignableFrom)).CreateType();
        }
    })).Value;
}
