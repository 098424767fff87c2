using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Run;

public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-run-").FullName;

    [Fact]
    public async Task The_demo_verifies_by_every_provider_and_by_failing_over_and_exits_with_0()
    {
        var (exitCode, output, errors) = await ServiceProcess.RunAsync(["--demo"]);

        Assert.True(exitCode == 0, output + errors);
        Assert.All(["unibell", "revicom", "bird", "lanck", "fail-over"], row => Assert.Contains(row, output, StringComparison.Ordinal));
        Assert.Contains("All verified.", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 110));
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
        Assert.Equal("", errors);
    }

    [Fact]
    public async Task The_demo_exits_with_1_where_one_was_not_verified()
    {
        var (exitCode, output, _) = await ServiceProcess.RunAsync(
            ["--demo"], ("Providers__Bird__AccessKey", "not-the-key-of-the-simulator"));

        Assert.True(exitCode == 1, output);
        Assert.Contains("Not all were verified.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("All verified.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_respects_port_and_data_and_refuses_what_it_cannot_do()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var file = Path.Combine(_folder, "a file");
        await File.WriteAllTextAsync(file, "");

        var used = await ServiceProcess.RunAsync(["--demo", "--port", $"{port}", "--data", _folder]);
        var nowhere = await ServiceProcess.RunAsync(["--demo", "--data", file]);
        var elsewhere = await ServiceProcess.RunAsync(["--demo", "--storage", "azurite"]);
        var alone = await ServiceProcess.RunAsync(["--demo", "--no-simulator"]);

        Assert.Equal(
            (1, $"FlashFunctions cannot start: port {port} is in use; name another with --port."), (used.ExitCode, used.Errors.TrimEnd()));
        Assert.Equal(1, nowhere.ExitCode);
        Assert.Contains(file, nowhere.Errors, StringComparison.Ordinal);
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.Contains("--demo runs on an embedded store of its own, without --storage.", elsewhere.Errors, StringComparison.Ordinal);
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("--demo needs the simulated providers", alone.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var (exitCode, _, errors) = await ServiceProcess.RunAsync(["--port", $"{port}", "--data", _folder]);

        Assert.Equal((1, $"FlashFunctions cannot start: port {port} is in use; name another with --port."), (exitCode, errors.TrimEnd()));
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_one_clear_line()
    {
        var file = Path.Combine(_folder, "a file");
        await File.WriteAllTextAsync(file, "");

        var (exitCode, _, errors) = await ServiceProcess.RunAsync(["--port", "0", "--data", Path.Combine(file, "below")]);

        Assert.Equal(1, exitCode);
        Assert.Contains(file, Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_accepted_is_there_after_the_process_was_killed_under_load()
    {
        string[] accepted;
        using (var service = await ServiceProcess.ServeAsync(_folder))
        {
            var calls = Enumerable.Range(0, 300).Select(i => StartAsync(service.Http!, Phones.Of(i))).ToArray();
            await Task.WhenAll(calls.Take(50));
            await service.KillAsync();
            accepted = [.. (await Task.WhenAll(calls)).OfType<string>()];
        }

        using var again = await ServiceProcess.ServeAsync(_folder);
        Assert.InRange(accepted.Length, 50, 300);
        foreach (var id in accepted)
        {
            using var answer = await again.Http!.GetAsync(new Uri($"/v1/requests/{id}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_step_whose_process_was_killed_goes_on_within_90_seconds_of_the_next_start()
    {
        // The phone rings and the provider never answers, so that the job is under way when the process is killed.
        const int RingsWithoutAnswer = 89;
        string id;
        using (var service = await ServiceProcess.ServeAsync(_folder))
        {
            id = (await StartAsync(service.Http!, Phones.With(RingsWithoutAnswer)))!;
            await UntilAsync(service, id, attempts => attempts == "starting", TimeSpan.FromSeconds(30));
            await service.KillAsync();
        }

        using var again = await ServiceProcess.ServeAsync(_folder);
        await UntilAsync(again, id, attempts => attempts is "unclear" or "placed", TimeSpan.FromSeconds(100));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Looks until the first attempt's state is as it should be.</summary>
    private static async Task UntilAsync(ServiceProcess service, string id, Func<string?, bool> isMeant, TimeSpan longest)
    {
        var began = TimeProvider.System.GetTimestamp();
        string? state;
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < longest, "It stands still.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            var request = JsonElement.Parse(await service.Http!.GetStringAsync(new Uri($"/v1/requests/{id}", UriKind.Relative)));
            state = request.GetProperty("attempts")
                .EnumerateArray()
                .Select(attempt => attempt.GetProperty("state").GetString())
                .FirstOrDefault();
        }
        while (!isMeant(state));
    }

    // The id of what was answered with 202; null where the process was gone first.
    private static async Task<string?> StartAsync(HttpClient http, string phone)
    {
        try
        {
            using var form = new FormUrlEncodedContent([new("number", phone), new("method", "call")]);
            using var answer = await http.PostAsync(new Uri("/v1/verify", UriKind.Relative), form);
            var body = await answer.Content.ReadAsStringAsync();
            return answer.StatusCode == HttpStatusCode.Accepted ? JsonElement.Parse(body).GetProperty("requestId").GetString() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
