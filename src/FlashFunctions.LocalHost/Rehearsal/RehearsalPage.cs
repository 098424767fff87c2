using System.Text;
using FlashFunctions.Http.Pages;
using FlashFunctions.LocalHost.Http;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>
/// The rehearsal as a page of the console, and the way to it from <c>/</c>. Its files hold nothing secret, and are served as the console's
/// are.
/// </summary>
internal static class RehearsalPage
{
    private const string Address = "/console#/rehearse";

    /// <summary>The console's list of pages asks for this.</summary>
    private const string Feature = "rehearse";

    /// <summary>
    /// The address that ./run prints needs no key but the development key, which is public and valid on this machine alone.
    /// </summary>
    private const string OfferedKey = $"key:{FunctionKey.ForDevelopment}";

    /// <summary>Adds the page to the console, what it shows and what it does.</summary>
    public static void AddRehearsal(this IServiceCollection services, RehearsalSettings settings) => services
        .AddTracedStorage()
        .AddSingleton(settings)
        .AddSingleton<RehearsalTraces>()
        .AddSingleton<RehearsalWorld>()
        .AddSingleton<LocalClient>()
        .AddSingleton<RehearsalAttack>()
        .AddSingleton<RehearsalEndpoints>()
        .AddSingleton<ConsoleAddition>(Page);

    /// <summary>Maps everything, and leads from <c>/</c> and <c>/rehearse</c> to the page.</summary>
    public static void MapRehearsal(this WebApplication app)
    {
        app.Services.GetRequiredService<RehearsalEndpoints>().Map(app);
        foreach (var path in (string[])["/", "/rehearse"])
        {
            app.MapGet(path, static context =>
            {
                context.Response.Redirect(Address);
                return Task.CompletedTask;
            }).WithMetadata(HostEndpoint.Instance);
        }
    }

    private static ConsoleAddition Page(IServiceProvider provider)
    {
        var isKeyKnown = provider.GetRequiredService<IConfiguration>()[FunctionKey.Setting] == FunctionKey.ForDevelopment;
        return new ConsoleAddition(
            isKeyKnown ? [Feature, OfferedKey] : [Feature],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["pages/rehearse.js"] = Read("rehearse.js"),
                ["rehearse.css"] = Read("rehearse.css"),
            });
    }

    private static string Read(string name)
    {
        using var stream = typeof(RehearsalPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
