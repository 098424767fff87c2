using System.Text.Json.Nodes;
using FlashFunctions.Http.Contract;

namespace FlashFunctions.ScenarioTests.Contract;

/// <summary>The OpenAPI document as the tests read it.</summary>
public sealed class ContractDocument
{
    private static readonly string[] Verbs = ["get", "head", "post", "put", "patch", "delete"];

    private ContractDocument(string text)
    {
        Text = text;
        Root = JsonNode.Parse(text)!.AsObject();
        Schemas = new ContractSchemas(Resolve);
        Operations = [.. In("paths", isPath: true)];
        Incoming = [.. In("webhooks", isPath: false), .. Operations.SelectMany(CallbacksOf).DistinctBy(operation => operation.Node)];
    }

    /// <summary>The document of the function app.</summary>
    public static ContractDocument Instance { get; } = new(System.Text.Encoding.UTF8.GetString(new ContractFiles().Document.Bytes.Span));

    public string Text { get; }

    public JsonObject Root { get; }

    public ContractSchemas Schemas { get; }

    /// <summary>What the service answers.</summary>
    public IReadOnlyList<ContractOperation> Operations { get; }

    /// <summary>What the service sends to accounts.</summary>
    public IReadOnlyList<ContractOperation> Incoming { get; }

    /// <summary>The operation that answers a call, or null.</summary>
    public ContractOperation? Find(string method, string path) => Operations
        .Where(operation => operation.Answers(method, path))
        .MinBy(operation => operation.Path.Count(character => character == '{'));

    /// <summary>Follows a reference; what is none stays as it is. Beside a reference there is at most another description.</summary>
    public JsonObject Resolve(JsonNode node) => node["$ref"] is { } reference
        ? Resolve(reference.GetValue<string>()[2..].Split('/').Aggregate((JsonNode)Root, (at, name) => at[name]
            ?? throw new InvalidOperationException($"{reference} leads nowhere.")))
        : node.AsObject();

    private IEnumerable<ContractOperation> In(string part, bool isPath) =>
        from path in Root[part]?.AsObject() ?? []
        from verb in Verbs
        where path.Value![verb] is not null
        select new ContractOperation(this, verb, isPath ? path.Key : "", path.Value![verb]!.AsObject());

    private IEnumerable<ContractOperation> CallbacksOf(ContractOperation operation) =>
        from callback in operation.Node["callbacks"]?.AsObject() ?? []
        from address in Resolve(callback.Value!)
        from verb in Verbs
        where address.Value![verb] is not null
        select new ContractOperation(this, verb, "", address.Value![verb]!.AsObject());
}
