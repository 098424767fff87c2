using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Storage;

namespace FlashFunctions.AzuriteTests.LocalHost;

public sealed class AzuriteServerTests
{
    [Fact]
    public async Task A_folder_belongs_to_one_Azurite_at_a_time_and_is_free_again_after_it()
    {
        string folder;
        await using (var first = await TemporaryAzurite.StartAsync())
        {
            folder = first.Folder;
            var options = new AzuriteOptions { Folder = folder };
            var refused = await Assert.ThrowsAsync<DataDirectoryException>(() => AzuriteServer.StartAsync(options, CancellationToken.None));
            Assert.Contains(folder, refused.Message, StringComparison.Ordinal);
            await first.Server.DisposeAsync();
            await using var second = await AzuriteServer.StartAsync(options, CancellationToken.None);
        }

        Assert.False(Directory.Exists(folder));
    }
}
