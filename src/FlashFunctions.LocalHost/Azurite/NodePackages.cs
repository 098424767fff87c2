using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace FlashFunctions.LocalHost.Azurite;

/// <summary>
/// The npm packages of eng/azurite: installed from the lock file where they are missing or the lock file has changed, once, even if several
/// processes start at the same time. The folder is moved into place when it is complete.
/// </summary>
internal static class NodePackages
{
    private const string Solution = "FlashFunctions.sln";
    private const string Modules = "node_modules";
    private const string PackageLock = "package-lock.json";

    /// <summary>In <see cref="Modules"/>; holds the hash of the <see cref="PackageLock"/> that they were installed from.</summary>
    private const string Marker = ".installed-from";
    private const string InstallLock = ".install-lock";
    private const string Staging = ".install-";
    private const int OldestNode = 20;

    /// <summary>Why Azurite cannot run on Node here, or null.</summary>
    public static string? WhyNot()
    {
        try
        {
            using var node = Process.Start(
                new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false });
            var version = node?.StandardOutput.ReadToEnd().Trim();
            node?.WaitForExit();
            return node?.ExitCode != 0 ? "node does not work"
                : int.TryParse(version!.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture, out var major) && major < OldestNode
                ? $"node {version} is too old"
                : null;
        }
        catch (Win32Exception)
        {
            return "node is not installed";
        }
    }

    /// <summary>Installs the packages where they are missing; returns the folder that they are in.</summary>
    /// <param name="folder">Where their package.json is; null: in this checkout's eng/azurite.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InvalidOperationException">They could not be installed.</exception>
    public static async Task<string> EnsureAsync(string? folder, CancellationToken cancellationToken)
    {
        folder ??= FindFolder();
        var wanted = Convert.ToHexStringLower(
            SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, PackageLock), cancellationToken)));
        if (await IsInstalledAsync(folder, wanted, cancellationToken))
        {
            return folder;
        }

        try
        {
            await using var held = await FileLock.TakeAsync(Path.Combine(folder, InstallLock), cancellationToken);
            if (!await IsInstalledAsync(folder, wanted, cancellationToken))
            {
                await InstallAsync(folder, wanted, cancellationToken);
            }

            return folder;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new InvalidOperationException($"the npm packages cannot be installed in {folder}: {exception.Message}", exception);
        }
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return Path.Combine(folder.FullName, "eng", "azurite");
            }
        }

        throw new InvalidOperationException(
            $"{Solution} was not found above {AppContext.BaseDirectory}: Azurite can only be run from the sources.");
    }

    private static async Task<bool> IsInstalledAsync(string folder, string wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(Path.Combine(folder, Modules, Marker), cancellationToken) == wanted;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    // Into a separate folder that is then moved, so that a killed installation leaves nothing that is used.
    private static async Task InstallAsync(string folder, string wanted, CancellationToken cancellationToken)
    {
        foreach (var left in Directory.EnumerateDirectories(folder, Staging + "*"))
        {
            Directory.Delete(left, recursive: true);
        }

        var staging = Directory.CreateDirectory(Path.Combine(folder, Staging + RandomNumberGenerator.GetHexString(8)));
        try
        {
            foreach (var file in (string[])["package.json", PackageLock, ".npmrc"])
            {
                File.Copy(Path.Combine(folder, file), Path.Combine(staging.FullName, file));
            }

            await RunNpmAsync(staging.FullName, cancellationToken);
            var modules = Path.Combine(staging.FullName, Modules);
            await File.WriteAllTextAsync(Path.Combine(modules, Marker), wanted, cancellationToken);
            if (Directory.Exists(Path.Combine(folder, Modules)))
            {
                Directory.Move(Path.Combine(folder, Modules), Path.Combine(staging.FullName, "replaced"));
            }

            Directory.Move(modules, Path.Combine(folder, Modules));
        }
        finally
        {
            staging.Delete(recursive: true);
        }
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var npm = Start();
        try
        {
            var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await npm.StandardError.ReadToEndAsync(cancellationToken);
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ci failed in eng/azurite: {(await output + error).Trim()}");
            }
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            await npm.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        Process Start()
        {
            try
            {
                return Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
            }
            catch (Win32Exception exception)
            {
                throw new InvalidOperationException("npm is not installed.", exception);
            }
        }
    }
}
