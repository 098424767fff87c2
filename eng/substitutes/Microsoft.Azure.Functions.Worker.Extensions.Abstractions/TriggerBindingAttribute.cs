namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>Whatever binds something to a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute;

/// <summary>Whatever starts a function, on the parameter that takes it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute;
