using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;
using Microsoft.AspNetCore.WebUtilities;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>What reached Lanck.</summary>
internal static class Upstream
{
    /// <summary>
    /// The only request to a path, or the only one for a number, its form as a dictionary without the callback address, which differs
    /// each time.
    /// </summary>
    public static Dictionary<string, string> OnlyForm(TestService service, string path, string? number = null)
    {
        var form = Form(Only(service, path, number));
        Assert.True(form.Remove("callbackUrl", out var address), "no callback address");
        Assert.StartsWith("http://service.test/webhooks/lanck/", address, StringComparison.Ordinal);
        return form;
    }

    /// <summary>The only request to a path as JSON.</summary>
    public static JsonElement OnlyJson(TestService service, string path) => JsonElement.Parse(Only(service, path).Body);

    /// <summary>Every request to a path, or every one for a number.</summary>
    public static IReadOnlyList<SimulatedRequest> To(TestService service, string path, string? number = null) =>
    [
        .. service.Simulator.Requests("lanck").Where(
            request => request.Path == $"/v1/{path}" && (number is null || Form(request)["number"] == number)),
    ];

    /// <summary>A request's form.</summary>
    public static Dictionary<string, string> Form(SimulatedRequest request) =>
        QueryHelpers.ParseQuery(request.Body).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);

    private static SimulatedRequest Only(TestService service, string path, string? number = null) =>
        Assert.Single(To(service, path, number));
}
