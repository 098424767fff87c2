using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.BrowserTests;
using FlashFunctions.ScenarioTests.Run;

[assembly: AssemblyFixture(typeof(ConsoleService))]

namespace FlashFunctions.BrowserTests;

/// <summary>
/// A service as ./run starts it, with something to see on every page, some of it written by somebody who wishes the operator ill.
/// </summary>
public sealed class ConsoleService : IAsyncLifetime
{
    public const string Key = "development-function-key";
    public const string Hostile = "<img src=x onerror=alert(1)>";
    public const string HostileScript = "<script>alert(1)</script>";
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-console-").FullName;
    private ServiceProcess? _service;

    public string Address { get; private set; } = "";

    /// <summary>A verification with a hostile reference.</summary>
    public string RequestId { get; private set; } = "";

    /// <summary>A call of an operator.</summary>
    public async Task<JsonElement> ManageAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/manage/{path}");
        request.Headers.Add("x-functions-key", Key);
        request.Content = body is null ? null : new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await _service!.Http!.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    public async ValueTask InitializeAsync()
    {
        if (!Chromium.IsThere)
        {
            return;
        }

        _service = await ServiceProcess.ServeAsync(
            _folder, [], ("Prices__0__Product", "call"), ("Prices__0__Prefix", "372"), ("Prices__0__Price", "0.012"),
            ("Prices__0__Currency", "EUR"));
        Address = _service.Said("FlashFunctions").TrimEnd('/');
        await ManageAsync(
            HttpMethod.Post, "accounts", new { id = "shop", name = Hostile, dailyCap = new { amount = 5, currency = "EUR" } });
        await ManageAsync(HttpMethod.Post, "accounts/shop/tokens", new { label = Hostile });
        await ManageAsync(HttpMethod.Post, "fraud/lists/block", new { scope = "prefix", value = "+37281", note = Hostile });
        await ManageAsync(HttpMethod.Post, "fraud/lists/allow", new { scope = "ip", value = "192.0.2.0/24", note = HostileScript });
        await ManageAsync(HttpMethod.Post, "test-numbers", new { number = "+37255512345", code = "1234", outcome = "late", delay = 5 });
        RequestId = (await SendAsync("/v1/verify", new { number = "+37253000001", method = "call", reference = Hostile })).GetProperty(
            "requestId").GetString()!;
        await SendAsync("/v1/sms", new { number = "+37253000002", text = HostileScript, from = Hostile, reference = HostileScript });
        await _service.UntilPlacedAsync(RequestId);
    }

    public ValueTask DisposeAsync()
    {
        _service?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<JsonElement> SendAsync(string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), new MediaTypeHeaderValue("application/json"));
        using var answer = await _service!.Http!.PostAsync(new Uri(path, UriKind.Relative), content);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>The examples of the contract, as answers to what the console asks for.</summary>
internal static class ContractExamples
{
    private static readonly string[] Texts =
    [
        "account", "from", "host", "label", "lastFailure", "limit", "name", "network", "note", "number", "operator", "provider", "raw",
        "reason", "reference", "seen", "support", "text", "value", "why",
    ];

    private static readonly string[] Maps = ["byRule", "openCircuits", "providers", "queueAgeSeconds", "shortCodes", "webhooks"];

    /// <summary>The longest example of an answer to GET, or null where the contract has none.</summary>
    public static JsonNode? Of(JsonNode contract, string path)
    {
        var operation = contract["paths"]!.AsObject()
            .Where(pair => Pages.Pattern($"^{Pages.Pattern(@"\{\w+}").Replace(pair.Key, "[^/]+")}$").IsMatch(path))
            .MinBy(pair => pair.Key.Count(character => character == '{')).Value!["get"]!;
        return operation["responses"]!["200"]!["content"]!["application/json"]!["examples"]!.AsObject()
            .Select(pair => Resolve(contract, pair.Value!)["value"]!)
            .MaxBy(value => value.ToJsonString().Length)?.DeepClone();
    }

    /// <summary>The same with hostile text wherever an account, a provider or an operator may write what they like.</summary>
    public static JsonNode? Hostile(JsonNode contract, string path)
    {
        var example = Of(contract, path);
        Change(example, (parent, name, value) =>
        {
            if (value is JsonValue && value.GetValueKind() == JsonValueKind.String && Texts.Contains(name, StringComparer.Ordinal))
            {
                parent[name] = ConsoleService.Hostile;
            }
        });
        return example;
    }

    /// <summary>The same of a service in which nothing has happened: every list and every map is empty.</summary>
    public static JsonNode? Empty(JsonNode contract, string path)
    {
        var example = Of(contract, path);
        Change(example, (parent, name, value) =>
        {
            if (value is JsonArray list)
            {
                list.Clear();
            }
            else if (value is JsonObject map && Maps.Contains(name, StringComparer.Ordinal))
            {
                map.Clear();
            }
            else if (name == "next")
            {
                parent[name] = null;
            }
        });
        return example;
    }

    private static JsonNode Resolve(JsonNode contract, JsonNode node) => node["$ref"] is { } reference
        ? reference.GetValue<string>()[2..].Split('/').Aggregate(contract, (at, name) => at[name]!)
        : node;

    private static void Change(JsonNode? node, Action<JsonObject, string, JsonNode?> change)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                Change(item, change);
            }
        }

        foreach (var (name, value) in (node as JsonObject)?.ToArray() ?? [])
        {
            change(node!.AsObject(), name, value);
            Change(node[name], change);
        }
    }
}
