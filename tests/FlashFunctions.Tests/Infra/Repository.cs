namespace FlashFunctions.Tests.Infra;

/// <summary>Files of this repository, found from where the tests run.</summary>
internal static class Repository
{
    private const string Solution = "FlashFunctions.sln";

    private static readonly string Root = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Takes the variables of a developer who deploys from this shell out of a program's environment.</summary>
    public static void ForgetOwnVariables(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith("FLASHFUNCTIONS_", StringComparison.Ordinal)).ToArray())
        {
            environment.Remove(name);
        }
    }

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{Solution} is in no folder above {AppContext.BaseDirectory}.");
    }
}
