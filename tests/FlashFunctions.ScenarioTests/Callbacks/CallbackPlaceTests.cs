using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>What becomes of a callback that finds no place to be sent in.</summary>
public sealed class CallbackPlaceTests
{
    [Fact]
    public async Task A_job_that_found_no_place_is_not_queued_again_by_the_timer()
    {
        var journal = new Journal();
        await using var receiver = await Receiver.StartAsync();
        await using var service = await TestService.StartAsync(services: journal.Attach);
        await service.SweepAsync();
        var id = await service.VerifyAsync(receiver);
        var account = (await service.StoredAsync(id)).Account;
        var taken = new List<SendSlot>();
        for (var place = 0; place < SendSlots.MostOnDoubtfulHost; place++)
        {
            taken.Add((await service.Service<SendSlots>().EnterAsync(account, receiver.Address, CancellationToken.None))!);
        }

        await service.PumpAsync();
        for (var passed = 0; passed < 180; passed += 5)
        {
            var minute = TableKeys.Minute(service.Clock.Now);
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            await service.UnstickAsync(service.Host.PumpQueuesAsync());
            if (TableKeys.Minute(service.Clock.Now) > minute)
            {
                journal.Clear();
                await service.Host.RunTimerAsync("Sweep");
                Assert.DoesNotContain(journal.Storage, operation => operation == $"{QueueNames.Callbacks}.Send");
            }

            Assert.True(Deadlines.CallbackAt(await service.StoredAsync(id)) > service.Clock.Now);
        }

        Assert.Empty(receiver.All);
        taken.ForEach(place => place.Dispose());
        await service.PassAsync(TimeSpan.FromSeconds(40));

        Assert.Equal(receiver.All.Select(one => one.Id).Distinct(), receiver.All.Select(one => one.Id));
        Assert.NotEmpty(receiver.All);
    }
}
