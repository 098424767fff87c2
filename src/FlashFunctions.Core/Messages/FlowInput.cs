using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Messages;

/// <summary>Reads the parameters of POST /v1/messaging/failover.</summary>
public sealed class FlowInput(CallInput call, Routing routing, IOptions<VerificationOptions> options)
{
    private const string Flow = "flow";
    private const string Provider = "provider";
    private const int MostSteps = 5;
    private const int LongestStep = 86_400;

    /// <summary>The longest that the steps of a flow before its last one may take.</summary>
    public static TimeSpan LongestWait => (MostSteps - 1) * TimeSpan.FromSeconds(LongestStep);

    /// <summary>The flow that is asked for, or the problem that names every field that is wrong.</summary>
    public async Task<Result<NewRequest>> ReadAsync(Account account, Fields fields, CancellationToken cancellationToken)
    {
        var called = await call.NumberAsync(fields, cancellationToken);
        var list = fields.List(Flow, 1, MostSteps);
        if (list is null && !fields.IsWrong(Flow))
        {
            fields.Wrong(Flow, "is required");
        }

        var handedTo = HandedTo(fields);
        var isTest = called.Test is not null;
        WorkflowStep?[] steps = [.. (list ?? []).Select((step, index) => Step(fields, step, index, handedTo is not null, isTest))];
        if (!call.Finish(account, fields, called, Senders(account, steps)).TryGet(out var basics, out var problem))
        {
            return problem;
        }

        WorkflowStep[] flow = [.. steps.OfType<WorkflowStep>()];
        var beforeTheLast = flow[..^1].Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Wait!.Value);
        return new NewRequest(
            basics,
            Products.Failover,
            handedTo is null ? flow : [new WorkflowStep(Channel.Flow, handedTo) { Flow = flow }],
            beforeTheLast + TimeSpan.FromSeconds(options.Value.ReportTimeoutSeconds));
    }

    /// <summary>The provider that is to go through the flow by itself, if the flow names one.</summary>
    private string? HandedTo(Fields fields)
    {
        var name = fields.Text(Provider, 32);
        if (name is null || routing.CanCarry(Channel.Flow, codeLength: 0, country: "", name))
        {
            return name;
        }

        fields.Wrong(Provider, "is no configured provider that goes through a flow by itself");
        return null;
    }

    private WorkflowStep? Step(Fields fields, Fields step, int index, bool handedOver, bool isTest)
    {
        var path = $"{Flow}[{index}]";
        var type = step.OneOf("type", ApiNames.FlowTypes, required: true);
        var provider = step.Text(Provider, 32);
        var message = Required(step, "message");
        var (wait, condition) = Failover(fields, step.Object("failover"), path);
        if (type is not { } channel || message is null)
        {
            fields.TakeErrors(path, step);
            return null;
        }

        // A test number's steps need no provider, unless they name one.
        if (!handedOver && !(isTest && provider is null) && !routing.CanCarry(channel, codeLength: 0, country: "", provider))
        {
            step.Wrong(provider is null ? "type" : Provider, $"no such configured provider can do {ApiNames.Of(channel)}");
        }

        fields.TakeErrors(path, step);
        var read = MessageFields.Read(message, channel);
        fields.TakeErrors($"{path}.message", message);
        return read with { Provider = handedOver ? null : provider, Wait = wait, Condition = condition };
    }

    private static (TimeSpan Wait, StepCondition Condition) Failover(Fields fields, Fields? failover, string path)
    {
        var wait = failover?.Integer("wait", 1, LongestStep);
        var condition = failover?.OneOf("condition", ApiNames.FlowConditions);
        if (failover is not null)
        {
            fields.TakeErrors($"{path}.failover", failover);
        }

        return (wait is { } seconds ? TimeSpan.FromSeconds(seconds) : WorkflowStep.DefaultFlowWait, condition ?? StepCondition.Delivered);
    }

    private static Fields? Required(Fields step, string name)
    {
        var value = step.Object(name);
        if (value is null && !step.IsWrong(name))
        {
            step.Wrong(name, "is required");
        }

        return value;
    }

    private static Problem? Senders(Account account, WorkflowStep?[] steps) => steps
        .Select((step, index) => SenderPolicy.Refusal(account, step?.From, $"{Flow}[{index}].message.from"))
        .FirstOrDefault(refusal => refusal is not null);
}
