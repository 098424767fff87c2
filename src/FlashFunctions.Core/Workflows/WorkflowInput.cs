using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Workflows;

/// <summary>Reads <c>method</c> and <c>workflow</c> of a verification, and refuses what no configured provider can do.</summary>
public sealed class WorkflowInput(Routing routing)
{
    private const string Workflow = "workflow";
    private const string Method = "method";
    private const int MostSteps = 5;

    /// <summary>The steps; null where something is wrong, which is then said of the fields.</summary>
    /// <param name="fields">The call's parameters.</param>
    /// <param name="codeLength">4 to 6.</param>
    /// <param name="byDefault">The account's steps for a call that names neither method nor workflow; empty: it must name one.</param>
    public IReadOnlyList<WorkflowStep>? Read(Fields fields, int codeLength, IReadOnlyList<WorkflowStep> byDefault)
    {
        var list = ReadList(fields, codeLength);
        var mayBeAbsent = list is not null || fields.IsWrong(Workflow) || byDefault.Count > 0;
        var method = fields.OneOf(Method, Words.VerifyMethods, required: !mayBeAbsent);
        if (list is null && method is null && !fields.IsWrong(Method) && !fields.IsWrong(Workflow))
        {
            return Default(fields, codeLength, byDefault);
        }

        var steps = list ?? FromMethod(fields, method, codeLength);
        if (list is not null && method is { } given && steps![0] is { } first && first.Channel != given)
        {
            fields.Wrong(Method, "must equal the method of the workflow's first step");
        }

        return Whole(steps);
    }

    /// <summary>The steps of <c>workflow</c> alone; null where it is absent or wrong.</summary>
    public IReadOnlyList<WorkflowStep>? ReadOnly(Fields fields, int codeLength) => Whole(ReadList(fields, codeLength));

    private WorkflowStep?[]? ReadList(Fields fields, int codeLength) =>
        fields.List(Workflow, 1, MostSteps)?.Select((step, index) => Step(fields, step, index, codeLength)).ToArray();

    private static WorkflowStep[]? Whole(WorkflowStep?[]? steps) =>
        steps is null || Array.Exists(steps, step => step is null) ? null : [.. steps.OfType<WorkflowStep>()];

    private IReadOnlyList<WorkflowStep> Default(Fields fields, int codeLength, IReadOnlyList<WorkflowStep> steps)
    {
        for (var index = 0; index < steps.Count; index++)
        {
            Check(fields, $"{Workflow}[{index}]", steps[index].Channel, steps[index].Provider, codeLength);
        }

        return steps;
    }

    private WorkflowStep?[]? FromMethod(Fields fields, Channel? method, int codeLength)
    {
        if (method is not { } channel)
        {
            return null;
        }

        Check(fields, Method, channel, null, codeLength);
        return [new WorkflowStep(channel)];
    }

    private WorkflowStep? Step(Fields fields, Fields step, int index, int codeLength)
    {
        var path = $"{Workflow}[{index}]";
        var method = step.OneOf(Method, Words.VerifyMethods, required: true);
        var provider = step.Text("provider", 32);
        var wait = step.Integer("wait", 5, 600);
        var condition = step.OneOf("condition", Words.VerifyConditions);
        fields.TakeErrors(path, step);
        if (method is not { } channel)
        {
            return null;
        }

        Check(fields, path, channel, provider, codeLength);
        return new WorkflowStep(channel, provider, wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, condition ?? StepCondition.Verified);
    }

    /// <summary>A named provider must be able to do it; with none named, one of them must.</summary>
    private void Check(Fields fields, string path, Channel channel, string? provider, int codeLength)
    {
        var ability = $"can do {Words.Of(channel)} with a code of {codeLength} digits";
        if (provider is null)
        {
            if (!routing.CanCarry(channel, codeLength, country: ""))
            {
                fields.Wrong(path == Method ? Method : $"{path}.{Method}", $"no configured provider {ability}");
            }
        }
        else if (routing.Find(provider) is not { } named)
        {
            fields.Wrong($"{path}.provider", "is not a configured provider");
        }
        else if (named.CarriageOf(channel, codeLength) is null)
        {
            fields.Wrong($"{path}.provider", $"{named.Name} cannot do {Words.Of(channel)} with a code of {codeLength} digits");
        }
    }
}
