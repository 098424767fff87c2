using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FlashFunctions.Bench;

/// <summary>
/// The load: starts verifications with so many calls in flight, waits until every phone has rung, then checks them. Each
/// number is used once, so that no limit of a number gets in the way.
/// </summary>
internal sealed class Load : IDisposable
{
    private static readonly TimeSpan RingPatience = TimeSpan.FromMinutes(5);
    // The service still tells the providers how the warm-up ended.
    private static readonly TimeSpan ReportPatience = TimeSpan.FromSeconds(5);
    private readonly HttpClient _service;
    private readonly HttpClient _phones;
    private readonly int _inFlight;
    private int _firstNumber = Environment.ProcessId % 100 * 1_000_000;

    public Load(Uri address, Uri phones, string credentials, int inFlight)
    {
        _inFlight = inFlight;
        _service = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = inFlight }) { BaseAddress = address };
        _service.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        _phones = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = inFlight }) { BaseAddress = phones };
    }

    /// <summary>Runs it, writes what was measured, and gives the number of bad answers.</summary>
    public async Task<int> RunAsync(int count, int warmUp, TextWriter output, CancellationToken cancellationToken)
    {
        var bad = 0;
        if (warmUp > 0)
        {
            bad += await RunAsync(warmUp, TextWriter.Null, cancellationToken);
            await output.WriteLineAsync($"warm-up   {warmUp} verifications, {bad} bad answers");
            _firstNumber += warmUp;
            await Task.Delay(ReportPatience, TimeProvider.System, cancellationToken);
        }

        return bad + await RunAsync(count, output, cancellationToken);
    }

    public void Dispose()
    {
        _service.Dispose();
        _phones.Dispose();
    }

    private async Task<int> RunAsync(int count, TextWriter output, CancellationToken cancellationToken)
    {
        var ids = new string?[count];
        var starts = await MeasureAsync(count, index => StartAsync(index, ids, cancellationToken), cancellationToken);
        await output.WriteLineAsync(starts.Describe("starts"));

        var codes = new string?[count];
        var rings = await MeasureAsync(count, index => WaitForRingAsync(index, codes, cancellationToken), cancellationToken);
        await output.WriteLineAsync(
            $"rings     {rings.Bad} phones of {count} never rang; "
            + $"the last was read {rings.Elapsed.TotalSeconds:F1} s after the last start");

        var checks = await MeasureAsync(count, index => CheckAsync(ids[index], codes[index], cancellationToken), cancellationToken);
        await output.WriteLineAsync(checks.Describe("checks"));
        return starts.Bad + rings.Bad + checks.Bad;
    }

    private async Task<Measurement> MeasureAsync(int count, Func<int, Task<bool>> call, CancellationToken cancellationToken)
    {
        var times = new double[count];
        var bad = new ConcurrentBag<int>();
        var begin = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = _inFlight, CancellationToken = cancellationToken },
            async (index, _) =>
            {
                var start = TimeProvider.System.GetTimestamp();
                if (!await call(index))
                {
                    bad.Add(index);
                }

                times[index] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            });
        return new Measurement(times, bad.Count, TimeProvider.System.GetElapsedTime(begin));
    }

    private string NumberOf(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"+4915{(_firstNumber + index) / 60 * 100 + ((_firstNumber + index) % 60):D9}");

    private async Task<bool> StartAsync(int index, string?[] ids, CancellationToken cancellationToken)
    {
        var json = $$"""{"number":"{{NumberOf(index)}}","method":"call","expiresIn":600}""";
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _service.PostAsync(new Uri("v1/verify", UriKind.Relative), content, cancellationToken);
        if ((int)response.StatusCode != 202)
        {
            return false;
        }

        using var body = await JsonDocument.ParseAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        ids[index] = body.RootElement.GetProperty("requestId").GetString();
        return true;
    }

    private async Task<bool> WaitForRingAsync(int index, string?[] codes, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < RingPatience)
        {
            using var response = await _phones.GetAsync(
                new Uri($"control/phones/{NumberOf(index)[1..]}", UriKind.Relative), cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                using var body = await JsonDocument.ParseAsync(
                    await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
                if (body.RootElement.TryGetProperty("lastCaller", out var caller) && caller.GetString() is { Length: > 4 } number)
                {
                    codes[index] = number[^4..];
                    return body.RootElement.GetProperty("calls").GetInt32() == 1;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        return false;
    }

    private async Task<bool> CheckAsync(string? id, string? code, CancellationToken cancellationToken)
    {
        using var content = new StringContent($$"""{"requestId":"{{id}}","code":"{{code}}"}""", Encoding.UTF8, "application/json");
        using var response = await _service.PostAsync(new Uri("v1/verify/check", UriKind.Relative), content, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode && body.Contains("\"VERIFIED\"", StringComparison.Ordinal);
    }
}
