using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlashFunctions.ScenarioTests.Contract;

/// <summary>Holds what the service really answers against the document.</summary>
public static class ContractCheck
{
    private const string Json = "application/json";

    /// <summary>Fails where the document does not know a status, a header or a field of an answer, or says otherwise of it.</summary>
    public static async Task CheckAsync(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var document = ContractDocument.Instance;
        var (method, path) = (response.RequestMessage!.Method.Method, response.RequestMessage.RequestUri!.AbsolutePath);
        var status = (int)response.StatusCode;
        if (document.Find(method, path) is not { } operation)
        {
            Assert.True(status == 404, $"{method} {path} is not in the document, and answers {status}.");
            return;
        }

        var described = operation.ResponseOf(status);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(described is not null, $"{operation} answers {status}, which the document does not mention: {body}");
        CheckHeaders(document, operation, response, described);
        CheckBody(document, $"{operation} {status}", described, response.Content.Headers.ContentType?.MediaType, body);
    }

    /// <summary>
    /// What is not as documented in something that the service sent to an account: a request's callback, or an inbound SMS.
    /// </summary>
    public static IReadOnlyList<string> FaultsOfCallback(IReadOnlyDictionary<string, string> headers, string body)
    {
        var document = ContractDocument.Instance;
        var value = JsonElement.Parse(body);
        var name = value.TryGetProperty("requestId", out _) ? "requestStatus" : "inboundSms";
        var operation = document.Incoming.Single(operation => operation.Node["operationId"]!.GetValue<string>() == name);
        return
        [
            .. operation.Parameters.Select(header => header["name"]!.GetValue<string>()).Where(header => !headers.ContainsKey(header)),
            .. document.Schemas.Faults(operation.RequestContent![Json]!["schema"]!, value),
        ];
    }

    private static void CheckHeaders(
        ContractDocument document, ContractOperation operation, HttpResponseMessage response, JsonObject described)
    {
        foreach (var (name, header) in described["headers"]?.AsObject() ?? [])
        {
            Assert.True(
                response.Headers.Contains(name) || document.Resolve(header!)["required"]?.GetValue<bool>() != true,
                $"{operation} answers {(int)response.StatusCode} without {name}.");
        }
    }

    private static void CheckBody(ContractDocument document, string what, JsonObject described, string? mediaType, string body)
    {
        if (described["content"]?.AsObject() is not { } content)
        {
            Assert.True(body.Length == 0, $"{what} has a body, which the document does not mention: {body}");
            return;
        }

        Assert.True(mediaType is not null && content.ContainsKey(mediaType), $"{what} is {mediaType ?? "without a type"}.");
        if (mediaType != Json)
        {
            return;
        }

        var value = JsonElement.Parse(body);
        var faults = document.Schemas.Faults(content[Json]!["schema"]!, value);
        Assert.True(faults.Count == 0, $"{what} is not as documented: {string.Join("; ", faults)} in {body}");
        if (value.TryGetProperty("errorCode", out var code))
        {
            var known = ErrorCodes(document, described);
            Assert.True(known.Contains(code.GetInt32()), $"{what} has no example of errorCode {code}: {body}");
        }
    }

    /// <summary>The errorCodes that a response's examples show.</summary>
    public static IReadOnlySet<int> ErrorCodes(ContractDocument document, JsonObject described) =>
        (described["content"]?[Json]?["examples"]?.AsObject() ?? [])
        .Select(example => document.Resolve(example.Value!)["value"]!["errorCode"])
        .Where(code => code is not null)
        .Select(code => code!.GetValue<int>())
        .ToHashSet();
}
