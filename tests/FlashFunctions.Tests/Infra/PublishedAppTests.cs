using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using FlashFunctions.Functions;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Tests.Infra;

/// <summary>What `dotnet publish` makes of the function app, as the Functions host reads it.</summary>
public sealed class PublishedAppTests(PublishedAppTests.PublishedApp app) : IClassFixture<PublishedAppTests.PublishedApp>
{
    private readonly string _folder = app.Folder;

    [Fact]
    public void The_published_folder_holds_the_workers_metadata_of_every_function()
    {
        using var metadata = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "functions.metadata")));
        var published = metadata.RootElement.EnumerateArray()
            .Select(function => (function.GetProperty("name").GetString()!, function.GetProperty("entryPoint").GetString()!));
        var declared = typeof(HealthFunction).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Select(method => (method.GetCustomAttribute<FunctionAttribute>()?.Name, $"{method.DeclaringType!.FullName}.{method.Name}"))
            .Where(function => function.Name is not null)
            .Select(function => (function.Name!, function.Item2));

        Assert.Equal(declared.Order(), published.Order());
    }

    [Fact]
    public void The_published_folder_holds_the_hosts_files_and_no_settings_of_a_developer()
    {
        Assert.All(
            [
                "host.json", "worker.config.json", "extensions.json", "FlashFunctions.dll",
                Path.Combine(".azurefunctions", "function.deps.json")
            ],
            file => Assert.True(File.Exists(Path.Combine(_folder, file)), file));
        Assert.Equal(File.ReadAllText(Repository.Path("host.json")), File.ReadAllText(Path.Combine(_folder, "host.json")));
        Assert.False(File.Exists(Path.Combine(_folder, "local.settings.json")));
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories),
            entry => Path.GetFileName(entry) is ".git" or ".gitignore" || Path.GetExtension(entry) is ".cs" or ".csproj");
        Assert.Contains("AzureStorageQueues", File.ReadAllText(Path.Combine(_folder, "extensions.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_app_contains_neither_rehearsals_nor_the_development_key()
    {
        var program = File.ReadAllBytes(Path.Combine(_folder, "FlashFunctions.dll"));

        Assert.Empty(Directory.GetFiles(_folder, "*LocalHost*").Concat(Directory.GetFiles(_folder, "*Simulator*")));
        foreach (var text in (string[])["development-function-key", "/rehearse/verifications"])
        {
            Assert.True(program.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) < 0, text);
            Assert.True(program.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) < 0, text);
        }
    }

    /// <summary>The app, published once.</summary>
    public sealed class PublishedApp : IAsyncLifetime
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("flashfunctions-publish-").FullName;

        public async ValueTask InitializeAsync()
        {
            var configuration = typeof(PublishedAppTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    "publish", Repository.Path("src", "FlashFunctions"), "-c", configuration, "--no-build", "--nologo", "-v", "quiet", "-o",
                    Folder
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var publish = Process.Start(start)!;
            var output = publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = await publish.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(publish.ExitCode == 0, await output + errors);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
