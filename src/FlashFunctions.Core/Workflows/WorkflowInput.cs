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
    public IReadOnlyList<WorkflowStep>? Read(Fields fields, int codeLength)
    {
        var list = fields.List(Workflow, 1, MostSteps);
        var method = fields.OneOf(Method, Words.VerifyMethods, required: list is null && !fields.IsWrong(Workflow));
        var steps = list is null ? FromMethod(fields, method, codeLength) : list.Select((step, index) => Step(fields, step, index, codeLength)).ToArray();
        if (list is not null && method is { } given && steps![0] is { } first && first.Channel != given)
        {
            fields.Wrong(Method, "must equal the method of the workflow's first step");
        }

        return steps is null || Array.Exists(steps, step => step is null) ? null : [.. steps.OfType<WorkflowStep>()];
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
