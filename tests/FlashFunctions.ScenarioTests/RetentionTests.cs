using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests;

/// <summary>The timer lets days pass, minute by minute, and deletes what nobody asks for any more.</summary>
public sealed class RetentionTests
{
    private readonly Journal _journal = new();

    [Fact]
    public async Task Past_retention_requests_references_idle_guards_and_the_index_are_purged()
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Sweep:RetentionDays"] = "2" }, _journal.Attach);
        await service.SweepAsync();
        var old = await service.VerifyByAsync(Phones.Ordinary, "bird");
        await service.PumpAsync();
        await PassDaysAsync(service, days: 1);
        var young = await service.VerifyByAsync(Phones.Of(2), "bird");
        await service.PumpAsync();
        var (references, guards, index) = (Keys("References"), Keys("Guard"), Keys("Index"));
        await PassDaysAsync(service, days: 1);
        await PassHoursAsync(service, hours: 2);

        Assert.Equal((404, 20), ((await service.ReadAsync(old)).Status, (await service.ReadAsync(old)).ErrorCode));
        Assert.Equal(200, (await service.ReadAsync(young)).Status);
        Assert.Equal((2, 2, 4), (references.Length, guards.Length, index.Length));
        Assert.Equal((bool[])[false, false, true, true], await ExistAsync(service, TableNames.Index, index));
        Assert.Equal((bool[])[false, true], await ExistAsync(service, TableNames.References, references));
        Assert.Equal((bool[])[false, true], await ExistAsync(service, TableNames.Guard, guards));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task References_that_nothing_leads_to_are_purged_in_the_second_retention(bool linked)
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Sweep:RetentionDays"] = "2" }, _journal.Attach);
        await service.SweepAsync();
        await LeaveReferenceAsync(service, linked);
        var reference = Keys("References");
        Assert.Single(reference);

        await PassDaysAsync(service, days: 2);
        Assert.Equal((bool[])[true], await ExistAsync(service, TableNames.References, reference));
        await PassDaysAsync(service, days: 3);
        await PassHoursAsync(service, hours: 2);

        Assert.Equal((bool[])[false], await ExistAsync(service, TableNames.References, reference));
    }

    /// <summary>
    /// A webhook of a call that nobody made, or a call whose process died when its reference was linked and not yet saved.
    /// </summary>
    private async Task LeaveReferenceAsync(TestService service, bool linked)
    {
        if (linked)
        {
            await service.VerifyByAsync(Phones.With(Phones.CallbacksLost), "unibell");
            _journal.After = operation => operation.ToString() == $"{TableNames.References}.Insert"
                ? throw new SimulatedCrashException()
                : Task.CompletedTask;
            await service.PumpAsync();
            _journal.After = null;
            return;
        }

        var early = new ProviderEvent(
            "unibell", null, "a call that nobody made", TransportStatus.Delivered, "TERMINATED", service.Clock.GetUtcNow(), null, null);
        Assert.Null(await service.Service<WebhookReferences>().FindOrKeepAsync(early, CancellationToken.None));
    }

    private static Task PassDaysAsync(TestService service, int days) => PassHoursAsync(service, days * 24);

    private static async Task PassHoursAsync(TestService service, int hours)
    {
        for (var hour = 0; hour < hours; hour += 2)
        {
            await service.PassAsync(TimeSpan.FromHours(2));
            await service.SweepAsync();
        }
    }

    private static async Task<bool[]> ExistAsync(TestService service, string table, TableKey[] keys)
    {
        var found = new List<bool>();
        foreach (var key in keys)
        {
            var rows = service.Host.Services.GetRequiredKeyedService<ITable>(table);
            found.Add(await rows.ReadAsync(key, CancellationToken.None) is not null);
        }

        return [.. found];
    }

    private TableKey[] Keys(string table) =>
        [.. _journal.Operations.Where(operation => operation.ToString() == $"{table}.Insert")
            .Select(operation => (Row)operation.Arguments[0]!).Select(row => row.Key).Distinct()];
}
