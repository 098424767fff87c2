using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>A service with a function key and prices, and an operator who has the key.</summary>
public sealed class ManagedService : IAsyncDisposable
{
    public const string Key = "operators-key";
    private readonly HttpClient _operator;

    private ManagedService(TestService service)
    {
        Service = service;
        _operator = service.NewClient(null, null);
        _operator.DefaultRequestHeaders.Add("x-functions-key", Key);
    }

    public TestService Service { get; }

    /// <summary>
    /// Starts a service in which a call costs 0.10 EUR by every provider but Unibell, which takes 0.01, and an SMS costs 0.05.
    /// </summary>
    public static async Task<ManagedService> StartAsync(
        Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var configuration = new Settings
        {
            ["LocalHost:FunctionKey"] = Key,
            ["Prices:0:Product"] = "call",
            ["Prices:0:Prefix"] = "372",
            ["Prices:0:Price"] = "0.10",
            ["Prices:0:Currency"] = "EUR",
            ["Prices:1:Product"] = "sms",
            ["Prices:1:Prefix"] = "372",
            ["Prices:1:Price"] = "0.05",
            ["Prices:1:Currency"] = "EUR",
            ["Prices:2:Provider"] = "unibell",
            ["Prices:2:Product"] = "call",
            ["Prices:2:Prefix"] = "372",
            ["Prices:2:Price"] = "0.01",
            ["Prices:2:Currency"] = "EUR",
        };
        foreach (var (key, value) in settings)
        {
            configuration[key] = value;
        }

        return new ManagedService(await TestService.StartAsync(configuration, services));
    }

    /// <summary>A call with the function key.</summary>
    public Task<Answer> ManageAsync(HttpMethod method, string path, string? json = null) => Service.SendAsync(
        _operator, method, $"/manage/{path}", json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<Answer> GetAsync(string path) => ManageAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string json = "") => ManageAsync(HttpMethod.Post, path, json);

    public Task<Answer> PatchAsync(string path, string json) => ManageAsync(HttpMethod.Patch, path, json);

    public Task<Answer> DeleteAsync(string path) => ManageAsync(HttpMethod.Delete, path);

    /// <summary>Creates an account; <paramref name="more"/> are its further fields.</summary>
    public async Task<Answer> CreateAccountAsync(string id, string more = "")
    {
        var created = await PostAsync("accounts", $$"""{"id":"{{id}}"{{more}}}""");
        Assert.True(created.Status == 201, created.Body);
        return created;
    }

    /// <summary>Creates an account and a token, and a client that has it.</summary>
    public async Task<HttpClient> ClientOfAsync(string id, string more = "")
    {
        await CreateAccountAsync(id, more);
        var token = await PostAsync($"accounts/{id}/tokens");
        return Service.NewClient(token.Text("keyId"), token.Text("secret"));
    }

    /// <summary>A verification in the name of a client's account.</summary>
    public Task<Answer> VerifyAsync(HttpClient client, string number, string more = ""","method":"call" """) => Service.SendAsync(
        client, HttpMethod.Post, "/v1/verify",
        new StringContent($$"""{"number":"{{number}}"{{more}}}""", Encoding.UTF8, "application/json"));

    /// <summary>What an account has spent today.</summary>
    public async Task<decimal> SpentAsync(string id) =>
        (await GetAsync($"accounts/{id}")).Json.GetProperty("spentToday").GetProperty("amount").GetDecimal();

    public async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await Service.DisposeAsync();
    }
}
