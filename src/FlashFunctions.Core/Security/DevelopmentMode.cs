using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Security;

/// <summary>
/// Whether settings that exist for development may be used: in the environment Development, and never on Azure, whatever the environment
/// is called there.
/// </summary>
public sealed class DevelopmentMode(IHostEnvironment environment, IConfiguration configuration)
{
    private static readonly string[] SetByAzure = ["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME"];

    public bool IsOn { get; } = environment.IsDevelopment() && !IsOnAzure(configuration);

    /// <summary>Whether this is production: any environment on Azure, and the one of that name elsewhere.</summary>
    public bool IsProduction { get; } = environment.IsProduction() || IsOnAzure(configuration);

    public bool RunsOnAzure { get; } = IsOnAzure(configuration);

    /// <summary>Whether the app runs on Azure: the platform sets these variables for every app that it hosts.</summary>
    public static bool IsOnAzure(IConfiguration configuration) =>
        SetByAzure.Any(variable => !string.IsNullOrEmpty(configuration[variable]));
}
