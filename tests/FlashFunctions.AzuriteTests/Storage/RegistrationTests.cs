using FlashFunctions.AzureStorage;
using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FlashFunctions.AzuriteTests.Storage;

public sealed class RegistrationTests(SharedAzurite azurite)
{
    private const string Development = "UseDevelopmentStorage=true";

    [Fact]
    public void Every_table_and_queue_has_its_port()
    {
        using var services = Build(("Storage", Development)).BuildServiceProvider();

        Assert.All(TableNames.All, name => Assert.NotNull(services.GetRequiredKeyedService<ITable>(name)));
        Assert.All(QueueNames.All, name => Assert.NotNull(services.GetRequiredKeyedService<IWorkQueue>(name)));
    }

    [Theory]
    [InlineData("Storage:tableServiceUri", "https://a.table.core.windows.net")]
    [InlineData("Storage:queueServiceUri", "http://a.queue.core.windows.net")]
    [InlineData("Storage:retries", "6")]
    [InlineData("Storage:tryTimeout", "00:01:00")]
    [InlineData("Storage:deadline", "00:00:00")]
    public async Task Settings_that_contradict_or_leave_their_range_stop_the_start(string name, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(Settings(("Storage", Development), (name, value)));
        builder.Services.AddAzureStorage(builder.Configuration);
        using var host = builder.Build();

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    [Theory]
    [InlineData("https://a.table.core.windows.net", null)]
    [InlineData("https://a.table.core.windows.net", "http://a.queue.core.windows.net")]
    [InlineData(null, null)]
    public void Without_a_connection_string_both_addresses_are_needed_and_both_are_https(string? tables, string? queues)
    {
        using var services = Build(("Storage:tableServiceUri", tables), ("Storage:queueServiceUri", queues)).BuildServiceProvider();

        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<StorageOptions>>().Value);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData(null)]
    public async Task Tables_are_made_at_the_start_where_the_settings_ask_for_it_and_by_default_in_a_store_on_this_machine(
        string? createAtStart)
    {
        SharedAzurite.RequireAzurite();
        await using var own = await TemporaryAzurite.StartAsync();
        var server = own.Server;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            Settings(("Storage", server.ConnectionString), ("Storage:createAtStart", createAtStart)));
        builder.Services.AddAzureStorage(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync();

        var insert = host.Services.GetRequiredKeyedService<ITable>(TableNames.Guard).InsertAsync(Rows.New(), CancellationToken.None);

        if (createAtStart is not "false")
        {
            Assert.NotNull(await insert);
        }
        else
        {
            await Assert.ThrowsAsync<StorageUnavailableException>(() => insert);
        }
    }

    [Fact]
    public async Task The_value_of_Storage_and_its_settings_live_side_by_side()
    {
        var server = await azurite.GetAsync();
        using var services = Build(("Storage", server.ConnectionString), ("Storage:retries", "1")).BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<StorageOptions>>().Value;

        Assert.Equal((server.ConnectionString, 1), (options.ConnectionString, options.Retries));
    }

    private static ServiceCollection Build(params (string Name, string? Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAzureStorage(new ConfigurationBuilder().AddInMemoryCollection(Settings(settings)).Build());
        return services;
    }

    private static Dictionary<string, string?> Settings(params (string Name, string? Value)[] settings) =>
        settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
}
