using System.Globalization;
using System.Reflection;
using FlashFunctions.LocalHost;

var port = new ConfigurationBuilder().AddCommandLine(args).Build()["port"] ?? "7071";
try
{
    await using var app = LocalHostApp.Create(new LocalHostSettings
    {
        Functions = Assembly.Load("FlashFunctions"),
        Port = int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture),
        Arguments = args,
    });
    await app.StartAsync();
    Console.WriteLine(app.Address);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is InvalidOperationException or IOException or FormatException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
