using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Http.Contract;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;

namespace FlashFunctions.ScenarioTests.Contract;

/// <summary>The document says what there is: all of it, nothing else, and correctly.</summary>
public sealed class ContractTests
{
    private static readonly ContractDocument Document = ContractDocument.Instance;

    private static IEnumerable<HttpTriggerAttribute> Triggers => typeof(ContractFiles).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)
        .SelectMany(method => method.GetParameters())
        .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
        .OfType<HttpTriggerAttribute>();

    [Fact]
    public void The_document_is_valid_OpenAPI()
    {
        var result = OpenApiDocument.Parse(Document.Text, OpenApiConstants.Json);

        Assert.Empty(result.Diagnostic!.Errors.Select(error => error.ToString()));
        Assert.Empty(result.Diagnostic.Warnings.Select(warning => warning.ToString()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, result.Diagnostic.SpecificationVersion);
    }

    [Fact]
    public void Every_route_and_method_is_in_the_document_and_nothing_else()
    {
        var routes = Triggers.SelectMany(trigger => trigger.Methods!.Select(method => $"{method.ToUpperInvariant()} {PathOf(trigger)}"));

        Assert.Equal(
            routes.Order(StringComparer.Ordinal), Document.Operations.Select(operation => $"{operation}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_host_asks_a_key_for_is_documented_so()
    {
        var withKey = Triggers.Where(trigger => trigger.AuthLevel != AuthorizationLevel.Anonymous)
            .Select(PathOf)
            .Distinct(StringComparer.Ordinal);

        Assert.Equal(
            withKey.Order(StringComparer.Ordinal),
            Document.Operations.Where(operation => operation.Schemes.Contains("functionKey"))
                .Select(operation => operation.Path).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_example_is_as_its_schema_says()
    {
        var examples = AllExamples().ToList();

        Assert.NotEmpty(examples);
        Assert.Empty(
            examples.SelectMany(
                example => Document.Schemas.Faults(example.Schema, Element(example.Value)).Select(fault => $"{example.Where}: {fault}")));
    }

    [Fact]
    public void Every_body_and_every_answer_of_an_account_s_call_has_an_example()
    {
        var without = from operation in Document.Operations
                      where operation.Schemes.Count > 0
                      from media in Contents(operation)
                      where media.Kind == "application/json" && media.Node["examples"] is null
                      select media.Where;

        Assert.Empty(without);
    }

    [Fact]
    public void Every_body_of_an_account_s_call_may_be_JSON_or_a_form()
    {
        foreach (var operation
            in Document.Operations.Where(operation => operation.Schemes.Contains("basic") && operation.RequestContent is not null))
        {
            var content = operation.RequestContent!;
            Assert.True(
                JsonNode.DeepEquals(content["application/json"]?["schema"], content["application/x-www-form-urlencoded"]?["schema"]),
                $"{operation}");
        }
    }

    [Fact]
    public void Every_errorCode_is_documented_with_its_status()
    {
        var documented = (from operation in Document.Operations
                          from response in operation.Responses
                          from code in ContractCheck.ErrorCodes(Document, response.Response)
                          select (code, response.Status)).Distinct().Order();

        Assert.Equal(Problems().Select(problem => (problem.ErrorCode, $"{problem.HttpStatus}")).Distinct().Order(), documented);
    }

    [Fact]
    public void The_table_of_errors_has_them_all()
    {
        var rows = Document.Root["info"]!["description"]!.GetValue<string>().Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => int.TryParse(cells[1], out _))
            .SelectMany(cells => cells[2].Split(", ").Select(status => (int.Parse(cells[1]), int.Parse(status))));

        Assert.Equal(Problems().Select(problem => (problem.ErrorCode, problem.HttpStatus)).Distinct().Order(), rows.Order());
    }

    /// <summary>Every refusal that there is a factory for.</summary>
    private static IEnumerable<Problem> Problems() =>
    [
        .. typeof(Problem).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(property => (Problem)property.GetValue(null)!),
        .. typeof(Problem).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == typeof(Problem) && !method.IsSpecialName)
            .Select(method => (Problem)method.Invoke(null, [.. method.GetParameters().Select(Argument)])!),
    ];

    private static object? Argument(ParameterInfo parameter) =>
        parameter.HasDefaultValue ? parameter.DefaultValue
        : parameter.ParameterType == typeof(string) ? "something"
        : parameter.ParameterType == typeof(TimeSpan) ? TimeSpan.FromSeconds(1)
        : parameter.ParameterType == typeof(
            FraudFinding) ? new FraudFinding(FraudRule.List, FraudScope.Number, FraudMode.Enforce, "something", "a limit")
        : new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    private static string PathOf(HttpTriggerAttribute trigger) => $"/{trigger.Route!.Replace("{*", "{", StringComparison.Ordinal)}";

    private static IEnumerable<(string Where, string Kind, JsonNode Node)> Contents(ContractOperation operation) =>
    [
        .. (operation.RequestContent ?? []).Select(media => ($"{operation} body", media.Key, media.Value!)),
        .. from response in operation.Responses
           from media in response.Response["content"]?.AsObject() ?? []
           select ($"{operation} {response.Status}", media.Key, media.Value!),
    ];

    private static IEnumerable<(string Where, JsonNode Schema, JsonNode? Value)> AllExamples()
    {
        foreach (var operation in Document.Operations.Concat(Document.Incoming))
        {
            foreach (var (where, _, node) in Contents(operation))
            {
                foreach (var (name, example) in node["examples"]?.AsObject() ?? [])
                {
                    yield return ($"{where} {name}", node["schema"]!, Document.Resolve(example!)["value"]);
                }
            }

            foreach (var parameter in operation.Parameters.Where(parameter => parameter["example"] is not null))
            {
                yield return ($"{operation} {parameter["name"]}", parameter["schema"]!, parameter["example"]);
            }
        }

        foreach (var (name, schema) in Document.Root["components"]!["schemas"]!.AsObject())
        {
            foreach (var example in schema!["examples"]?.AsArray() ?? [])
            {
                yield return (name, schema, example);
            }
        }
    }

    private static JsonElement Element(JsonNode? node) => JsonElement.Parse(node?.ToJsonString() ?? "null");
}
