using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using FlashFunctions.LocalHost.Service;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>./run as a parent process whose child, the service, is killed and comes back.</summary>
public sealed class RehearsedKillTests : IDisposable
{
    private const int SignalKilled = 128 + 9;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-kill-").FullName;

    [Fact]
    public async Task A_verification_goes_on_after_its_process_was_killed_between_the_ring_and_the_answer()
    {
        const string Number = "+37253004401";
        using var service = await ServiceProcess.ServeAsync(_folder);
        service.Http!.DefaultRequestHeaders.Add("x-functions-key", ServiceHost.DevelopmentFunctionKey);

        // The phone rings while the provider takes its time to answer, so that the call is under way when the process dies.
        var before = await ProcessAsync(service);
        using var slow = await service.Http.PutAsJsonAsync("/rehearse/providers/unibell", new { mode = "slow" });
        using var started = await service.Http.PostAsJsonAsync("/rehearse/verifications", new { number = Number, method = "call" });
        var id = (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("requestId").GetString();
        await UntilAsync(service, $"/rehearse/phones/{Number[1..]}", phone => phone.TryGetProperty("ringing", out _));
        using var killed = await service.Http.PostAsync(new Uri("/rehearse/kill", UriKind.Relative), null);
        await UntilAsync(service, "/rehearse/state", state => state.GetProperty("process").GetInt32() != before);
        var phone = await service.Http.GetFromJsonAsync<JsonElement>($"/rehearse/phones/{Number[1..]}");
        var code = phone.GetProperty("events")[0].GetProperty("from").GetString()![^4..];
        using var check = await service.Http.PostAsJsonAsync($"/rehearse/verifications/{id}/check", new { code });

        Assert.Equal("VERIFIED", (await check.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        Assert.Single(phone.GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task The_service_ends_with_run_when_that_is_killed()
    {
        using var service = await ServiceProcess.ServeAsync(_folder);
        service.Http!.DefaultRequestHeaders.Add("x-functions-key", ServiceHost.DevelopmentFunctionKey);
        using var child = Process.GetProcessById(await ProcessAsync(service));

        await service.KillAsync();

        await child.WaitForExitAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Run_and_the_service_end_in_peace_when_run_is_asked_to()
    {
        using var service = await ServiceProcess.ServeAsync(_folder);
        service.Http!.DefaultRequestHeaders.Add("x-functions-key", ServiceHost.DevelopmentFunctionKey);
        using var child = Process.GetProcessById(await ProcessAsync(service));

        Assert.Equal(0, await service.TerminateAsync());

        Assert.True(child.HasExited);
    }

    [Fact]
    public async Task A_service_that_somebody_else_kills_stays_dead_and_run_says_so()
    {
        using var service = await ServiceProcess.ServeAsync(_folder);
        service.Http!.DefaultRequestHeaders.Add("x-functions-key", ServiceHost.DevelopmentFunctionKey);
        using var child = Process.GetProcessById(await ProcessAsync(service));

        child.Kill();

        Assert.Equal(SignalKilled, await service.ExitAsync());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<int> ProcessAsync(ServiceProcess service) =>
        (await service.Http!.GetFromJsonAsync<JsonElement>("/rehearse/state")).GetProperty("process").GetInt32();

    /// <summary>Reads until the answer is as it should be; a service that is not there is asked again.</summary>
    private static async Task UntilAsync(ServiceProcess service, string path, Func<JsonElement, bool> isMeant)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (isMeant(await service.Http!.GetFromJsonAsync<JsonElement>(path)))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It is dead, and not back yet.
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{path} is not as it should be.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
