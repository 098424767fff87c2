using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlashFunctions.Simulator;

namespace FlashFunctions.Bench.Chaos;

/// <summary>What a person and their app are going to do with a verification.</summary>
internal enum Intent
{
    EnterTheCode,
    EnterAWrongCodeFirst,

    /// <summary>The app sends the code twice at the same time.</summary>
    EnterTheCodeTwice,
    EnterNothing,
    Cancel,
    AskForTheNextStep,
}

/// <summary>One verification: what was planned, what the service answered, and what the phone saw.</summary>
internal sealed class ChaosRecord
{
    public required int Ordinal { get; init; }

    public required string Number { get; init; }

    public required string Workflow { get; init; }

    public required int Calls { get; init; }

    public required int Messages { get; init; }

    public required Intent Intent { get; init; }

    public required int ExpiresIn { get; init; }

    public required bool WantsCallbacks { get; init; }

    /// <summary>Null where it was never accepted.</summary>
    public string? Id { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The provider whose call or message showed the code.</summary>
    public string? ShownBy { get; set; }

    /// <summary>When the right code was first sent; null where the phone showed none, or nobody entered it.</summary>
    public DateTimeOffset? EnteredAt { get; set; }

    /// <summary>The last answer to the right code that decides something; null where none came in time.</summary>
    public string? Verdict { get; set; }

    /// <summary>When that answer came.</summary>
    public DateTimeOffset VerdictAt { get; set; }

    /// <summary>How often the service said that the code was right.</summary>
    public int Accepted { get; set; }

    /// <summary>A call for which the answer was lost or 503, so that it may have been carried out.</summary>
    public bool LostAnAnswer { get; set; }

    /// <summary>The answer to GET at the end.</summary>
    public JsonElement? Final { get; set; }

    /// <summary>What broke a promise; empty where none was broken.</summary>
    public List<string> Broken { get; } = [];

    public string Result => Final is { } final ? final.GetProperty("result").GetString()! : "";
}

/// <summary>
/// The person with the phone and their app: starts a verification, watches the phone, enters the code; repeats whatever got no answer.
/// </summary>
internal sealed partial class ChaosPerson(ChaosWorld world, ChaosRecord record, Dice dice)
{
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromSeconds(60);

    /// <summary>How many times as long an app waits before a later try of its call than before the second.</summary>
    private const int MostPatient = 4;

    private static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Mobile numbers of five countries, since circuits open by country.</summary>
    private static readonly string[] Prefixes = ["+49150", "+346", "+336", "+485", "+4474"];

    /// <summary>Plans one; the seed and the ordinal alone decide.</summary>
    public static ChaosRecord Plan(int ordinal, Dice dice, (int Least, int Most) expiresIn)
    {
        const int FirstSpecial = 60;
        var ending = dice.Percent(87) ? dice.Below(FirstSpecial) : dice.From(FirstSpecial, 99);
        var number = string.Create(CultureInfo.InvariantCulture, $"{dice.Of(Prefixes)}{ordinal:D6}{ending:D2}");
        var provider = dice.Percent(50) ? "" : $$""","provider":"{{dice.Of(["unibell", "revicom", "bird", "lanck"])}}" """;
        var call = $$"""{"method":"call"{{provider}},"wait":{{dice.From(8, 20)}}}""";
        var hasSms = dice.Percent(35);
        var intent = dice.Below(100) switch
        {
            < 68 => Intent.EnterTheCode,
            < 76 => Intent.EnterAWrongCodeFirst,
            < 84 => Intent.EnterTheCodeTwice,
            < 90 => Intent.EnterNothing,
            < 95 => Intent.Cancel,
            _ => Intent.AskForTheNextStep,
        };
        return new ChaosRecord
        {
            Ordinal = ordinal,
            Number = number,
            Workflow = hasSms ? $$"""[{{call}},{"method":"sms"}]""" : $"[{call}]",
            Calls = 1,
            Messages = hasSms ? 1 : 0,
            Intent = intent,
            ExpiresIn = dice.From(expiresIn.Least, expiresIn.Most),
            WantsCallbacks = dice.Percent(60),
        };
    }

    /// <summary>Does it, to the end of the verification's life at most.</summary>
    public async Task RunAsync()
    {
        if (!await StartAsync())
        {
            return;
        }

        if (record.Intent == Intent.Cancel && dice.Percent(50))
        {
            await PostUntilAnsweredAsync($"v1/verify/{record.Id}/cancel", "{}");
            return;
        }

        if (await CodeAsync() is not { } code)
        {
            return;
        }

        await Task.Delay(dice.Milliseconds(1_500, 8_000), world.Time);
        switch (record.Intent)
        {
            case Intent.EnterNothing:
                return;
            case Intent.Cancel:
                await PostUntilAnsweredAsync($"v1/verify/{record.Id}/cancel", "{}");
                return;
            case Intent.AskForTheNextStep:
                await PostUntilAnsweredAsync($"v1/verify/{record.Id}/next", "{}");
                break;
            case Intent.EnterAWrongCodeFirst:
                await PostUntilAnsweredAsync("v1/verify/check", Guess(code == "5555" ? "5556" : "5555"));
                break;
        }

        record.EnteredAt = Now;
        await (record.Intent == Intent.EnterTheCodeTwice ? Task.WhenAll(EnterAsync(code), EnterAsync(code)) : EnterAsync(code));
    }

    private DateTimeOffset Now => world.Time.GetUtcNow();

    private async Task<bool> StartAsync()
    {
        var callback = record.WantsCallbacks ? $$""","callbackUrl":"{{world.Backend.Address}}" """ : "";
        var body = $$"""
            {"number":"{{record.Number}}","method":"call","workflow":{{record.Workflow}},"expiresIn":{{record.ExpiresIn}}{{callback}}}
            """;
        var end = Now + GivesUpAfter;
        for (var tries = 1; Now < end; tries++)
        {
            var answer = await PostAsync("v1/verify", body, key: $"chaos-{record.Ordinal}");
            switch (answer)
            {
                case (HttpStatusCode.Accepted, { } json):
                    var id = json.GetProperty("requestId").GetString()!;
                    if (record.Id is { } known && known != id)
                    {
                        record.Broken.Add($"One idempotency key, two requests: {known} and {id}");
                    }

                    record.ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(json.GetProperty("expiresAt").GetInt64());
                    if (record.Id is not null || !dice.Percent(10))
                    {
                        record.Id = id;
                        return true;
                    }

                    record.Id = id;
                    break;
                case (null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests, _):
                    record.LostAnAnswer = true;
                    break;
                default:
                    record.Broken.Add($"verify: HTTP {(int?)answer.Status} {answer.Body}");
                    return record.Id is not null;
            }

            await Task.Delay(dice.Milliseconds(200, 1_500) * Math.Min(tries, MostPatient), world.Time);
        }

        return record.Id is not null;
    }

    /// <summary>Waits until the phone shows a code; null where it shows none in time.</summary>
    private async Task<string?> CodeAsync()
    {
        while (Now < record.ExpiresAt)
        {
            if (world.Simulator.Phone(record.Number)?.History.LastOrDefault(call => call.Arrived) is { } arrived)
            {
                record.ShownBy = arrived.Provider;
                return arrived.Kind == SimulatedCallKind.FlashCall ? arrived.From![^4..] : Digits.Match(
                    arrived.Text ?? "").Value is { Length: 4 } code ? code : null;
            }

            await Task.Delay(LooksEvery, world.Time);
        }

        return null;
    }

    /// <summary>Enters the right code until the answer decides; a code that was called wrong is entered twice more, as people do.</summary>
    private async Task EnterAsync(string code)
    {
        for (var wrong = 0; Now < record.ExpiresAt;)
        {
            var (status, body) = await PostAsync("v1/verify/check", Guess(code), key: null);
            var verdict = status switch
            {
                HttpStatusCode.OK => body!.Value.GetProperty("status").GetString(),
                HttpStatusCode.Conflict => "ENDED " + body?.GetRawText(),
                HttpStatusCode.Gone => "EXPIRED",
                HttpStatusCode.TooManyRequests when body is { } json
                && json.TryGetProperty("errorCode", out var number)
                && number.GetInt32() == 22 => "FAILED",
                null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => null,
                _ => $"HTTP {(int)status}",
            };
            lock (record)
            {
                record.Accepted += verdict == "VERIFIED" ? 1 : 0;
                record.LostAnAnswer |= verdict is null;
                if (verdict is not null && record.Verdict != "VERIFIED")
                {
                    (record.Verdict, record.VerdictAt) = (verdict, Now);
                }
            }

            if (verdict is not (null or "WRONG_CODE") || (verdict == "WRONG_CODE" && ++wrong == 3))
            {
                return;
            }

            await Task.Delay(dice.Milliseconds(300, 3_000), world.Time);
        }
    }

    private async Task PostUntilAnsweredAsync(string path, string body)
    {
        while (Now < record.ExpiresAt && (await PostAsync(path, body, key: null)).Status is null or HttpStatusCode.ServiceUnavailable)
        {
            record.LostAnAnswer = true;
            await Task.Delay(dice.Milliseconds(300, 2_000), world.Time);
        }
    }

    private string Guess(string code) => $$"""{"requestId":"{{record.Id}}","code":"{{code}}"}""";

    /// <summary>Posts; no status where there was no answer.</summary>
    private async Task<(HttpStatusCode? Status, JsonElement? Body)> PostAsync(string path, string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Address(dice), path))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        try
        {
            using var response = await world.Http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if ((int)response.StatusCode >= 500 && response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                record.Broken.Add($"{path}: HTTP {(int)response.StatusCode}");
            }

            return (response.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : null);
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or JsonException)
        {
            return default;
        }
    }

    [GeneratedRegex(@"(?<!\d)\d{4}(?!\d)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Digits { get; }
}
