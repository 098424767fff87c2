using System.CommandLine;
using System.Net.Sockets;
using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Demo;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;

// The service as a child of this program: a person never types that, so it is read without a parser, which would make the start longer.
if (args is [ServiceChild.Argument, var handles, .. var childArguments])
{
    return await ReportedAsync("FlashFunctions cannot start", async () =>
    {
        using var link = new ParentLink(handles);
        return await DevelopmentRun.Parse(childArguments).RunAsync(link, CancellationToken.None);
    });
}

// How install-azurite ends where Azurite cannot run for want of Node.
const int NoNode = 3;

var port = new Option<int>("--port")
{
    Description = "Port of the service on 127.0.0.1, 0 for any; the simulated providers take the next one, or any.",
    DefaultValueFactory = _ => 7071,
};
var data = new Option<string>("--data")
{
    Description = "Directory of the embedded store or of Azurite's data.",
    DefaultValueFactory = _ => ".data",
};
var storage = new Option<string>("--storage")
{
    Description = "embedded; azurite, started and ended with the service (needs Node 20); azure: Azure Storage as the settings say.",
    DefaultValueFactory = _ => "embedded",
};
storage.AcceptOnlyFromAmong("embedded", "azurite", "azure");
port.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is < 0 or > 65_535)
    {
        result.AddError("--port is 0 to 65535.");
    }
});
var noSimulator = new Option<bool>("--no-simulator")
{
    Description = "The service alone, without simulated providers: with those that the settings name, or with test numbers.",
};
var demo = new Option<bool>("--demo")
{
    Description = "One verification through each simulated provider and one that fails over, then a table of them; on a free port and with "
        + "data of its own, unless told where.",
};
var root = new RootCommand(
    "Runs FlashFunctions with an embedded store and simulated providers on this machine. Open the address that it prints: a phone on "
    + "the page rings.") { port, data, storage, noSimulator, demo };
root.Validators.Add(result =>
{
    if (result.GetValue(demo) && result.GetValue(storage) is not (null or "embedded"))
    {
        result.AddError("--demo runs on an embedded store of its own, without --storage.");
    }

    if (result.GetValue(demo) && result.GetValue(noSimulator))
    {
        result.AddError("--demo needs the simulated providers, so it goes without --no-simulator.");
    }
});

// For ./test, and for installing ahead of the first start.
var packages = new Argument<string?>("folder")
{
    Description = "Where its package.json is; eng/azurite by default.",
    DefaultValueFactory = _ => null,
};
var install = new Command("install-azurite", "Installs Azurite where it is missing, for --storage azurite and for the tests.") { packages };
install.Hidden = true;
install.SetAction((parsed, cancellationToken) => ReportedAsync("Azurite cannot be installed", async () =>
{
    if (AzuriteServer.WhyNot() is { } reason)
    {
        await Console.Error.WriteLineAsync($"Azurite needs Node 20 or later, and {reason}.");
        return NoNode;
    }

    await NodePackages.EnsureAsync(parsed.GetValue(packages), cancellationToken);
    return 0;
}));
root.Subcommands.Add(install);
root.SetAction((parsed, cancellationToken) => ReportedAsync("FlashFunctions cannot start", () => parsed.GetValue(demo)
    ? DemoRun.RunAsync(
        parsed.GetResult(port) is { Implicit: false } ? parsed.GetValue(port) : 0,
        parsed.GetResult(data) is { Implicit: false } ? parsed.GetValue(data) : null,
        Console.Out,
        cancellationToken)
    : RunAsync(parsed, cancellationToken)));

// A parent lets its child end first.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });

Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
{
    var run = new DevelopmentRun
    {
        Port = parsed.GetValue(port),
        DataDirectory = parsed.GetValue(data)!,
        Storage = Enum.Parse<StorageKind>(parsed.GetValue(storage)!, ignoreCase: true),
    };
    return parsed.GetValue(noSimulator) ? run.RunAloneAsync(cancellationToken) : Supervisor.RunAsync(run, cancellationToken);
}

// An expected failure prints one line.
static async Task<int> ReportedAsync(string failure, Func<Task<int>> run)
{
    try
    {
        return await run();
    }
    catch (Exception exception) when (exception is DataDirectoryException or IOException or InvalidOperationException or SocketException
        or Microsoft.Extensions.Options.OptionsValidationException)
    {
        await Console.Error.WriteLineAsync($"{failure}: {exception.Message}");
        return 1;
    }
}
