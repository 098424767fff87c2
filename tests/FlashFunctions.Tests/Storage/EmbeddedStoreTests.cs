using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;
using FlashFunctions.LocalHost.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Tests.Storage;

public sealed class EmbeddedStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_and_messages_survive_a_restart()
    {
        using var temporary = new TemporaryStore();
        var etag = await Requests(temporary).InsertAsync(RowOf("a", "kept"), Token);
        await temporary.Store.WorkQueue(QueueNames.Reports).SendAsync("kept", TimeSpan.FromMinutes(1), Token);

        temporary.Restart();

        var row = await Requests(temporary).ReadAsync(new("p", "a"), Token);
        Assert.Equal(("kept", etag), (row!.Text("Name"), row.ETag));
        Assert.NotNull(await Requests(temporary).ReplaceAsync(RowOf("a", "again") with { ETag = etag }, Token));
        temporary.Time.Advance(TimeSpan.FromMinutes(1));
        var messages = await temporary.Store.Source.ReceiveAsync(QueueNames.Reports, 32, TimeSpan.FromMinutes(1), Token);
        Assert.Equal("kept", Assert.Single(messages).Body);
    }

    [Fact]
    public async Task An_etag_of_before_a_restart_never_counts_for_another_row_of_that_key()
    {
        using var temporary = new TemporaryStore();
        var etags = new HashSet<string?>(StringComparer.Ordinal);
        for (var restart = 0; restart < 3; restart++)
        {
            etags.Add(await Requests(temporary).InsertAsync(RowOf("a", "x"), Token));
            await Requests(temporary).DeleteAsync(new("p", "a"), null, Token);
            etags.Add(await Requests(temporary).InsertAsync(RowOf("a", "x"), Token));
            await Requests(temporary).DeleteAsync(new("p", "a"), null, Token);
            temporary.Restart();
        }

        Assert.Equal(6, etags.Count);
    }

    [Theory]
    [InlineData(Durability.ProcessEnd)]
    [InlineData(Durability.PowerLoss)]
    public async Task What_was_acknowledged_is_in_the_files_that_a_killed_process_leaves(Durability durability)
    {
        using var temporary = new TemporaryStore(options => options.Durability = durability);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var acknowledged = 0;
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(() => WriteAsync(writer), Token)).ToArray();
        while (Volatile.Read(ref acknowledged) < 500)
        {
            await Task.Yield();
        }

        // The log first: what is copied out of it into the file while this goes on must not be missing in both.
        var directory = TemporaryStore.NewDirectory();
        Directory.CreateDirectory(directory);
        var before = Volatile.Read(ref acknowledged);
        foreach (var suffix in new[] { "-wal", "" })
        {
            File.Copy(temporary.File + suffix, Path.Combine(directory, Path.GetFileName(temporary.File) + suffix));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        using (var survivor = EmbeddedStore.Open(new EmbeddedStorageOptions { DataDirectory = directory }, temporary.Time))
        {
            var rows = await survivor.Table(TableNames.Requests).ReadAllAsync("p", Token).CountAsync(Token);

            Assert.InRange(rows, before, int.MaxValue);
        }

        Directory.Delete(directory, recursive: true);

        async Task WriteAsync(int writer)
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                await Requests(temporary).InsertAsync(RowOf($"{writer}-{number}", "x"), Token);
                Interlocked.Increment(ref acknowledged);
            }
        }
    }

    [Fact]
    public async Task Writes_that_wait_share_a_transaction_and_each_has_its_own_result()
    {
        using var temporary = new TemporaryStore();
        var etag = await Requests(temporary).InsertAsync(RowOf("taken", "x"), Token);
        var (transactions, writes) = (temporary.Store.Transactions, temporary.Store.Writes);
        List<Task<string?>> waiting;
        using (HoldWriteLock(temporary))
        {
            waiting = [.. Enumerable.Range(0, 300).Select(number => (number % 3) switch
            {
                0 => Requests(temporary).InsertAsync(RowOf($"new{number}", "x"), Token),
                1 => Requests(temporary).InsertAsync(RowOf("taken", "y"), Token),
                _ => Requests(temporary).ReplaceAsync(RowOf("taken", "z") with { ETag = etag }, Token),
            })];
        }

        var results = await Task.WhenAll(waiting);
        Assert.All(results.Where((_, number) => number % 3 is 0), Assert.NotNull);
        Assert.All(results.Where((_, number) => number % 3 is 1), Assert.Null);
        Assert.Single(results.Where((_, number) => number % 3 is 2), result => result is not null);
        Assert.Equal(300, temporary.Store.Writes - writes);
        Assert.InRange(temporary.Store.Transactions - transactions, 1, 2);
    }

    [Fact]
    public async Task More_writes_than_the_line_holds_wait_for_room()
    {
        using var temporary = new TemporaryStore();
        List<Task<string?>> waiting;
        using (HoldWriteLock(temporary))
        {
            waiting = [.. Enumerable.Range(0, 20_000).Select(number => Requests(temporary).InsertAsync(RowOf($"r{number}", "x"), Token))];
            using var cancelled = new CancellationTokenSource();
            var impatient = Requests(temporary).InsertAsync(RowOf("impatient", "x"), cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        }

        Assert.All(await Task.WhenAll(waiting), Assert.NotNull);
        Assert.Null(await Requests(temporary).ReadAsync(new("p", "impatient"), Token));
    }

    [Fact]
    public async Task A_transaction_that_cannot_begin_fails_all_its_writes_and_the_next_one_works()
    {
        using var temporary = new TemporaryStore(options => options.LockTimeout = TimeSpan.Zero);
        using (HoldWriteLock(temporary))
        {
            var insert = Requests(temporary).InsertAsync(RowOf("a", "x"), Token);
            var send = temporary.Store.WorkQueue(QueueNames.Dispatch).SendAsync("a", TimeSpan.Zero, Token);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => insert);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => send);
            Assert.Null(await Requests(temporary).ReadAsync(new("p", "a"), Token));
        }

        Assert.NotNull(await Requests(temporary).InsertAsync(RowOf("a", "y"), Token));
        Assert.Equal("y", (await Requests(temporary).ReadAsync(new("p", "a"), Token))!.Text("Name"));
    }

    [Fact]
    public async Task When_the_disk_is_full_nothing_of_a_transaction_is_kept_and_reading_goes_on()
    {
        using var temporary = new TemporaryStore(options => options.MaxFileMegabytes = 1);
        var text = new string('x', 30_000);
        var stored = 0;
        while (await TryInsertAsync($"r{stored}"))
        {
            stored++;
        }

        Assert.InRange(stored, 5, 34);
        Assert.Equal(text, (await Requests(temporary).ReadAsync(new("p", "r0"), Token))!.Text("Name"));
        Assert.Null(await Requests(temporary).ReadAsync(new("p", $"r{stored}"), Token));
        Assert.True(await Requests(temporary).DeleteAsync(new("p", "r0"), null, Token));
        Assert.True(await Requests(temporary).DeleteAsync(new("p", "r1"), null, Token));
        Assert.True(await TryInsertAsync($"r{stored}"));

        async Task<bool> TryInsertAsync(string key)
        {
            try
            {
                return await Requests(temporary).InsertAsync(RowOf(key, text), Token) is not null;
            }
            catch (StorageUnavailableException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Closing_writes_what_waits_and_refuses_what_comes_later()
    {
        using var temporary = new TemporaryStore();
        var table = Requests(temporary);
        var source = temporary.Store.Source;
        var waiting = Enumerable.Range(0, 5_000).Select(number => table.InsertAsync(RowOf($"r{number:D5}", "x"), Token)).ToArray();
        temporary.Restart();

        var stored = (await Task.WhenAll(waiting.Select(SucceededAsync))).Count(succeeded => succeeded);
        Assert.InRange(stored, 1, 5_000);
        var last = await Requests(temporary).ReadAsync(new("p", $"r{stored - 1:D5}"), Token);
        Assert.NotNull(last);
        Assert.Null(await Requests(temporary).ReadAsync(new("p", $"r{stored:D5}"), Token));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => table.InsertAsync(RowOf("late", "x"), Token));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => table.ReadAsync(new("p", "late"), Token));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => source.ReceiveAsync(QueueNames.Dispatch, 1, TimeSpan.Zero, Token));

        static async Task<bool> SucceededAsync(Task<string?> write)
        {
            try
            {
                return await write is not null;
            }
            catch (StorageUnavailableException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task The_write_ahead_log_does_not_grow_for_ever()
    {
        using var temporary = new TemporaryStore(options => options.Durability = Durability.ProcessEnd);
        var etag = await Requests(temporary).InsertAsync(RowOf("a", ""), Token);
        var text = new string('x', 32_768);
        long written = 0;
        for (var number = 0; written < 400L << 20; number++)
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(key => ReplaceAsync(key)));
            written += 16 * text.Length;
        }

        Assert.NotNull(etag);
        Assert.InRange(new FileInfo(temporary.File + "-wal").Length, 1, 160L << 20);

        async Task ReplaceAsync(int key)
        {
            var row = await Requests(temporary).ReadAsync(new("p", $"k{key}"), Token);
            if (row is null)
            {
                await Requests(temporary).InsertAsync(RowOf($"k{key}", text), Token);
            }
            else
            {
                await Requests(temporary).ReplaceAsync(row with { Properties = RowOf("", text).Properties }, Token);
            }
        }
    }

    [Fact]
    public void A_directory_that_another_service_uses_is_refused_in_a_sentence()
    {
        using var temporary = new TemporaryStore();

        var refused = Assert.Throws<DataDirectoryException>(() => EmbeddedStore.Open(temporary.Options, temporary.Time));

        Assert.Equal(
            $"The data directory '{temporary.Options.DataDirectory}' is in use by another process. Stop that, or name another directory.",
            refused.Message);
        temporary.Restart();
    }

    [Fact]
    public void A_file_that_another_program_has_locked_is_refused_in_a_sentence()
    {
        using var temporary = new TemporaryStore(options => options.LockTimeout = TimeSpan.Zero);
        temporary.Store.Dispose();
        using (HoldWriteLock(temporary))
        {
            var refused = Assert.Throws<DataDirectoryException>(() => EmbeddedStore.Open(temporary.Options, temporary.Time));
            Assert.Contains("is in use by another process", refused.Message, StringComparison.Ordinal);
        }

        temporary.Restart();
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_refused_in_a_sentence()
    {
        var file = Path.GetTempFileName();
        var options = new EmbeddedStorageOptions { DataDirectory = Path.Combine(file, "data") };

        var refused = Assert.Throws<DataDirectoryException>(() => EmbeddedStore.Open(options, TimeProvider.System));

        Assert.StartsWith($"The data directory '{options.DataDirectory}' cannot be made: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refused.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void A_directory_in_which_nothing_can_be_written_is_refused_in_a_sentence()
    {
        // A directory in the lock file's place stands for missing rights, which the user of a build machine may not lack.
        var options = new EmbeddedStorageOptions { DataDirectory = TemporaryStore.NewDirectory() };
        Directory.CreateDirectory(Path.Combine(options.DataDirectory, "flashfunctions.lock"));

        var refused = Assert.Throws<DataDirectoryException>(() => EmbeddedStore.Open(options, TimeProvider.System));

        Assert.StartsWith(
            $"The data directory '{options.DataDirectory}' cannot be written to: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refused.Message, StringComparison.Ordinal);
        Directory.Delete(options.DataDirectory, recursive: true);
    }

    [Fact]
    public void A_file_that_is_not_ours_is_refused_in_a_sentence_and_left_alone()
    {
        using var temporary = new TemporaryStore();
        temporary.Store.Dispose();
        var ours = File.ReadAllBytes(temporary.File);
        File.WriteAllText(temporary.File, new string('x', 10_000));

        var refused = Assert.Throws<DataDirectoryException>(() => EmbeddedStore.Open(temporary.Options, temporary.Time));

        Assert.Contains("is damaged or is not a data file of this service", refused.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 10_000), File.ReadAllText(temporary.File));
        File.WriteAllBytes(temporary.File, ours);
        temporary.Restart();
    }

    [Theory]
    [InlineData(3, "was written by a later version of this service")]
    [InlineData(1, "was written by an earlier version of this service")]
    public void A_file_of_another_version_is_refused_in_a_sentence(int version, string reason)
    {
        using var temporary = new TemporaryStore();
        temporary.Store.Dispose();
        Execute(temporary, $"PRAGMA user_version = {version}");

        var refused = Assert.Throws<DataDirectoryException>(() => EmbeddedStore.Open(temporary.Options, temporary.Time));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Execute(temporary, "PRAGMA user_version = 2");
        temporary.Restart();
    }

    [Fact]
    public async Task Every_table_and_queue_is_registered_under_its_name()
    {
        var options = new EmbeddedStorageOptions { DataDirectory = TemporaryStore.NewDirectory() };
        var services = new ServiceCollection().AddEmbeddedStorage(options);
        await using (var provider = services.BuildServiceProvider())
        {
            foreach (var name in TableNames.All)
            {
                Assert.NotNull(await provider.GetRequiredKeyedService<ITable>(name).InsertAsync(RowOf("a", name), Token));
            }

            foreach (var name in QueueNames.All.SelectMany(name => new[] { name, name + QueueNames.PoisonSuffix }))
            {
                await provider.GetRequiredKeyedService<IWorkQueue>(name).SendAsync(name, TimeSpan.Zero, Token);
                var received = await provider.GetRequiredService<IQueueSource>().ReceiveAsync(name, 32, TimeSpan.FromMinutes(1), Token);
                Assert.Equal(name, Assert.Single(received).Body);
            }

            foreach (var name in TableNames.All)
            {
                Assert.Equal(name, (await provider.GetRequiredKeyedService<ITable>(name).ReadAsync(new("p", "a"), Token))!.Text("Name"));
            }
        }

        using (EmbeddedStore.Open(options, TimeProvider.System))
        {
            Assert.False(File.Exists(Path.Combine(options.DataDirectory, "flashfunctions.db-journal")));
        }

        Directory.Delete(options.DataDirectory, recursive: true);
    }

    private static ITable Requests(TemporaryStore temporary) => temporary.Store.Table(TableNames.Requests);

    private static Row RowOf(string key, string name) =>
        new(new("p", key), new Dictionary<string, object?>(StringComparer.Ordinal) { ["Name"] = name });

    /// <summary>As another program on the same file would.</summary>
    private static SqliteConnection HoldWriteLock(TemporaryStore temporary) => Connect(temporary, "BEGIN IMMEDIATE");

    private static void Execute(TemporaryStore temporary, string sql) => Connect(temporary, sql).Dispose();

    private static SqliteConnection Connect(TemporaryStore temporary, string sql)
    {
        var connection = new SqliteConnection($"Data Source={temporary.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return connection;
    }
}
