using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Workflows;

/// <summary>Reads <c>method</c> and <c>workflow</c> of a verification, and refuses what no configured provider can do.</summary>
public sealed class WorkflowInput(Routing routing, WorkflowDefaults defaults)
{
    private const string Workflow = "workflow";
    private const string Method = "method";

    /// <summary>The steps; null where something is wrong, which the fields then remember.</summary>
    /// <param name="fields">The call's parameters.</param>
    /// <param name="codeLength">4 to 6.</param>
    /// <param name="byDefault">The account's steps, for a call that names no workflow and no other method than theirs; empty: none.</param>
    /// <param name="country">Where the number belongs, for the configured steps; null where that is not known.</param>
    /// <param name="isTest">A test number's steps need no provider, unless they name one.</param>
    public IReadOnlyList<WorkflowStep>? Read(
        Fields fields, int codeLength, IReadOnlyList<WorkflowStep> byDefault, string? country, bool isTest)
    {
        var where = new Destination(codeLength, country ?? "", isTest);
        var list = ReadList(fields, where);
        var mayBeAbsent = list is not null || fields.IsWrong(Workflow) || byDefault.Count > 0;
        var method = fields.OneOf(Method, ApiNames.VerifyMethods, required: !mayBeAbsent);
        if (list is not null)
        {
            if (method is { } given && list[0] is { } first && first.Channel != given)
            {
                fields.Wrong(Method, "must equal the method of the workflow's first step");
            }

            return Whole(list);
        }

        if (method is not { } channel)
        {
            return fields.IsWrong(Method) || fields.IsWrong(Workflow) ? null : Default(fields, where, byDefault);
        }

        var configured = byDefault.Count > 0 && byDefault[0].Channel == channel ? byDefault : defaults.For(channel, country);
        if (configured.Count > 0)
        {
            return Default(fields, where, configured);
        }

        Check(fields, Method, channel, null, where);
        return [new WorkflowStep(channel)];
    }

    /// <summary>The steps of <c>workflow</c> alone; null where it is absent or wrong.</summary>
    public IReadOnlyList<WorkflowStep>? ReadOnly(Fields fields, int codeLength) =>
        Whole(ReadList(fields, new Destination(codeLength, "", IsTest: false)));

    private WorkflowStep?[]? ReadList(Fields fields, Destination where) =>
        fields.List(Workflow, 1, StepFields.Most)?.Select((step, index) => Step(fields, step, index, where)).ToArray();

    private static WorkflowStep[]? Whole(WorkflowStep?[]? steps) =>
        steps is null || Array.Exists(steps, step => step is null) ? null : [.. steps.OfType<WorkflowStep>()];

    private IReadOnlyList<WorkflowStep> Default(Fields fields, Destination where, IReadOnlyList<WorkflowStep> steps)
    {
        for (var index = 0; index < steps.Count; index++)
        {
            Check(fields, $"{Workflow}[{index}]", steps[index].Channel, steps[index].Provider, where);
        }

        return steps;
    }

    private WorkflowStep? Step(Fields fields, Fields step, int index, Destination where)
    {
        var path = $"{Workflow}[{index}]";
        var read = StepFields.Read(step);
        fields.TakeErrors(path, step);
        if (read is not null)
        {
            Check(fields, path, read.Channel, read.Provider, where);
        }

        return read;
    }

    /// <summary>
    /// A named provider must be able to do it, with a code as hard to guess as was asked for; with none named, any of them must,
    /// except for a test number.
    /// </summary>
    private void Check(Fields fields, string path, Channel channel, string? provider, Destination where)
    {
        var length = where.CodeLength;
        if (provider is null)
        {
            if (!where.IsTest && !routing.CanCarry(channel, length, where.Country))
            {
                fields.Wrong(
                    path == Method ? Method : $"{path}.{Method}",
                    $"no configured provider can do {ApiNames.Of(channel)} with a code of {length} digits");
            }
        }
        else if (routing.Find(provider) is not { } named)
        {
            fields.Wrong($"{path}.provider", "is not a configured provider");
        }
        else if (named.CapabilityFor(channel, length) is not { } capability)
        {
            fields.Wrong($"{path}.provider", $"{named.Name} cannot do {ApiNames.Of(channel)} with a code of {length} digits");
        }
        else if (!capability.Suits(length))
        {
            fields.Wrong(
                $"{path}.provider",
                $"{named.Name} calls from too few numbers for a code of {length} digits: they carry {capability.TailDigits}");
        }
    }

    /// <summary>What a step is to carry, and to which country: two letters, or empty where that is not known.</summary>
    private readonly record struct Destination(int CodeLength, string Country, bool IsTest);
}

/// <summary>Reads one step of a verification's workflow as it is written, without asking whether a provider can do it.</summary>
internal static class StepFields
{
    public const int Most = 5;

    /// <summary>The step; null where its method is missing or wrong. The fields remember what is wrong.</summary>
    public static WorkflowStep? Read(Fields step)
    {
        var method = step.OneOf("method", ApiNames.VerifyMethods, required: true);
        var provider = step.Text("provider", 32);
        var wait = step.Integer("wait", 5, 600);
        var condition = step.OneOf("condition", ApiNames.VerifyConditions);
        return method is not { } channel ? null : new WorkflowStep(
            channel, provider, wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, condition ?? StepCondition.Verified);
    }
}
