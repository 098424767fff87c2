using System.CommandLine;
using System.Net.Sockets;
using FlashFunctions.LocalHost.Demo;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;

var port = new Option<int>("--port") { Description = "Port of the service on 127.0.0.1; the simulated providers take a free one.", DefaultValueFactory = _ => 7071 };
var data = new Option<string>("--data") { Description = "Directory of the embedded store or of Azurite's data.", DefaultValueFactory = _ => ".data" };
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
var demo = new Option<bool>("--demo") { Description = "One whole verification through each simulated provider, one that fails over, and a table of them; on a free port and with data of its own, unless told where." };
var root = new RootCommand("Runs FlashFunctions with an embedded store and simulated providers on this machine.") { port, data, storage, demo };
root.Validators.Add(result =>
{
    if (result.GetValue(demo) && result.GetValue(storage) is not (null or "embedded"))
    {
        result.AddError("--demo runs on an embedded store of its own, without --storage.");
    }
});
root.SetAction(async (parsed, cancellationToken) =>
{
    try
    {
        return parsed.GetValue(demo)
            ? await DemoRun.RunAsync(
                parsed.GetResult(port) is { Implicit: false } ? parsed.GetValue(port) : 0,
                parsed.GetResult(data) is { Implicit: false } ? parsed.GetValue(data) : null,
                Console.Out,
                cancellationToken)
            : await DevelopmentRun.RunAsync(parsed.GetValue(port), parsed.GetValue(data)!, Enum.Parse<StorageKind>(parsed.GetValue(storage)!, ignoreCase: true), cancellationToken);
    }
    catch (Exception exception) when (exception is DataDirectoryException or IOException or InvalidOperationException or SocketException
        or Microsoft.Extensions.Options.OptionsValidationException)
    {
        await Console.Error.WriteLineAsync($"FlashFunctions cannot start: {exception.Message}");
        return 1;
    }
});
return await root.Parse(args).InvokeAsync();
