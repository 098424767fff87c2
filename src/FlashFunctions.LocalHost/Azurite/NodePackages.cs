using System.ComponentModel;
using System.Diagnostics;

namespace FlashFunctions.LocalHost.Azurite;

/// <summary>The npm packages of eng/azurite, installed from the lock file when they are missing or older than it.</summary>
internal static class NodePackages
{
    private const string Solution = "FlashFunctions.sln";

    /// <summary>Why nothing can run on Node here, or null.</summary>
    public static string? WhyNot()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false });
            node?.WaitForExit();
            return node?.ExitCode == 0 ? null : "node does not work";
        }
        catch (Win32Exception)
        {
            return "node is not installed";
        }
    }

    /// <summary>The folder with the packages in it.</summary>
    /// <exception cref="InvalidOperationException">They could not be installed.</exception>
    public static async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var folder = Folder();
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
        {
            await InstallAsync(folder, cancellationToken);
        }

        return folder;
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return Path.Combine(folder.FullName, "eng", "azurite");
            }
        }

        throw new InvalidOperationException($"{Solution} is in no folder above {AppContext.BaseDirectory}: Azurite runs from the sources alone.");
    }

    private static async Task InstallAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var npm = Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
        var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = await npm.StandardError.ReadToEndAsync(cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci failed in {folder}: {await output}{error}");
        }
    }
}
