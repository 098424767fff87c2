using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.LocalHost.Http;
using Microsoft.Extensions.Options;

namespace FlashFunctions.LocalHost.Service;

/// <summary>What ./run prints once the service is up: where it is, the credentials that are in force, and calls to paste.</summary>
/// <param name="services">Of the running service.</param>
/// <param name="port">Its port.</param>
/// <param name="phones">The simulated phones; null where there are none.</param>
/// <param name="data">Where the data is.</param>
internal sealed class Banner(IServiceProvider services, int port, Uri? phones, string data)
{
    private const string AnyNumber = "+37253000001";
    private const string Cli = "dotnet run --project src/FlashFunctions.Cli --";
    private const int DefaultPort = 7071;
    private const int CallCodeLength = 4;

    private string Address => $"http://localhost:{port}";

    public string Text() => $"""

        FlashFunctions    {Address}{Rehearsal()}
        credentials       {Credentials()}
        function key      {KeyInForce()}
        {Upstream()}
        data              {data}

        {(phones is null ? WithTestNumber() : WithSimulatedPhone(phones))}

        See it as an operator, who has the function key:
          {Cli} requests show ID{CliOptions()}
          {Cli} accounts create shop{CliOptions()}

        Ctrl+C ends it; the data stays.

        """;

    private string Upstream() => phones is null
        ? $"providers         {Providers()}"
        : $"simulated phones  {phones.GetLeftPart(UriPartial.Authority)}   (the number that rings is shown there)";

    private string WithSimulatedPhone(Uri simulated) => $"""
        Start a verification:
          {Curl("verify")} -d number={AnyNumber} -d method=call

        Look which number rings; its last 4 digits are the code:
          curl {new Uri(simulated, $"control/phones/{AnyNumber[1..]}")}

        Check the code:
          {Curl("verify/check")} -d requestId=ID -d code=CODE
        """;

    private string WithTestNumber() => services.GetRequiredService<IOptions<TestNumberOptions>>().Value.Items is [var test, ..]
        ? $"""
            Start a verification of a test number, which calls nobody:
              {Curl("verify")} -d number={test.Number} -d method=call

            Check its code:
              {Curl("verify/check")} -d requestId=ID -d code={test.Code[^CallCodeLength..]}
            """
        : $"""
            Start a verification; it rings:
              {Curl("verify")} -d number=NUMBER -d method=call

            Check the code:
              {Curl("verify/check")} -d requestId=ID -d code=CODE
            """;

    private string Curl(string path) => $"curl -u {ForShell(Credentials())} {Address}/v1/{path}";

    private string Credentials()
    {
        var account = services.GetRequiredService<IOptions<DevelopmentAccountOptions>>().Value;
        return $"{account.KeyId}:{account.Secret}";
    }

    private string? Key() => services.GetRequiredService<IConfiguration>()[FunctionKey.Setting];

    private string KeyInForce() => Key() switch
    {
        FunctionKey.ForDevelopment => $"{FunctionKey.ForDevelopment}   (from this machine alone)",
        null or "" => "none, so that nobody can call what is under /manage",
        _ => $"the one in {FunctionKey.Setting.Replace(":", "__", StringComparison.Ordinal)}",
    };

    private string CliOptions() =>
        (port == DefaultPort ? "" : $" --address {Address}") + (Key() is FunctionKey.ForDevelopment ? "" : " --key KEY");

    private string Providers() => services.GetServices<IProvider>().Select(provider => provider.Name).ToArray() is { Length: > 0 } names
        ? string.Join(", ", names)
        : "none is configured; README.md says how";

    /// <summary>Where a newcomer goes first; nothing without the simulated phones.</summary>
    private string Rehearsal() => phones is null
        ? ""
        : $"{Environment.NewLine}rehearse          {Bold($"{Address}/")}   (open it: a phone on the page rings)";

    /// <summary>Stands out in a terminal that can show it.</summary>
    private static string Bold(string text) =>
        Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } ? text : $"\e[1m{text}\e[0m";

    private static string ForShell(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || character is ':' or '.' or '_' or '-')
        ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
