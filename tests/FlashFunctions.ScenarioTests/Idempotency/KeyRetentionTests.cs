using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.ScenarioTests.Idempotency;

/// <summary>The timer lets days pass, minute by minute, and forgets keys that are no longer in use.</summary>
public sealed class KeyRetentionTests : IAsyncLifetime
{
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(services: _journal.Attach);
        _service.Http.DefaultRequestHeaders.Add("Idempotency-Key", "key");
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_is_forgotten_in_the_day_after_its_life_whether_or_not_its_call_died(bool died)
    {
        _journal.KillBefore(operation => died && operation.ToString() == $"{TableNames.Requests}.Insert");
        Assert.Equal(died ? 500 : 202, (await CallAsync()).Status);
        _journal.Revive();
        var table = _service.Host.Services.GetRequiredKeyedService<ITable>(TableNames.Idempotency);
        var row = (Row)_journal.Operations.Single(operation => operation.ToString() == $"{TableNames.Idempotency}.Insert").Arguments[0]!;

        await PassAsync(hours: 22);
        Assert.NotNull(await table.ReadAsync(row.Key, default));
        await PassAsync(hours: 28);

        Assert.Null(await table.ReadAsync(row.Key, default));
    }

    [Fact]
    public async Task A_key_that_is_in_use_again_is_not_forgotten()
    {
        await CallAsync();
        await PassAsync(hours: 26);
        var second = await CallAsync();
        await PassAsync(hours: 22);

        Assert.Equal(second.Text("requestId"), (await CallAsync()).Text("requestId"));
    }

    private Task<Answer> CallAsync() => _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");

    private async Task PassAsync(int hours)
    {
        for (var hour = 0; hour < hours; hour += 2)
        {
            await _service.PassAsync(TimeSpan.FromHours(2));
            await _service.SweepAsync();
        }
    }
}
