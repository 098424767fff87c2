using System.CommandLine;
using FlashFunctions.Bench;
using FlashFunctions.Bench.Chaos;
using FlashFunctions.Bench.Fraud;
using FlashFunctions.Bench.Fuzz;
using FlashFunctions.Bench.Interleavings;
using FlashFunctions.Bench.Life;
using FlashFunctions.Bench.Routing;
using FlashFunctions.Bench.StartUp;

var address = new Option<Uri>("--address")
{
    Description = "The running service.",
    DefaultValueFactory = _ => new Uri("http://localhost:7071"),
    CustomParser = result => new Uri(result.Tokens[0].Value),
};
var phones = new Option<Uri>("--phones")
{
    Description = "The simulated phones, as ./run prints them.",
    DefaultValueFactory = _ => new Uri("http://localhost:7072"),
    CustomParser = result => new Uri(result.Tokens[0].Value),
};
var count = new Option<int>("-n") { Description = "Verifications, 1 to 800,000.", DefaultValueFactory = _ => 20_000 };
var warmUp = new Option<int>("--warm-up")
{
    Description = "Verifications before those, not measured, while the service still compiles itself, 0 to 100,000.",
    DefaultValueFactory = _ => 5_000,
};
var inFlight = new Option<int>("-c") { Description = "Calls in flight, 1 to 1,024.", DefaultValueFactory = _ => 64 };
var credentials = new Option<string>("--credentials") { Description = "keyId:secret", DefaultValueFactory = _ => "dev:dev-secret" };
Range(count, 1, 800_000);
Range(warmUp, 0, 100_000);
Range(inFlight, 1, 1_024);
var root = new RootCommand(
    "Starts N verifications by flash call against a running service, then checks each with the code that its simulated phone shows.")
{
    address, phones, count, warmUp, inFlight, credentials,
};
root.SetAction(async (parsed, cancellationToken) =>
{
    using var load = new Load(
        parsed.GetValue(address)!, parsed.GetValue(phones)!, parsed.GetValue(credentials)!, parsed.GetValue(inFlight));
    var bad = await load.RunAsync(parsed.GetValue(count), parsed.GetValue(warmUp), Console.Out, cancellationToken);
    return bad == 0 ? 0 : 1;
});
root.Subcommands.Add(RoutingCommand());
root.Subcommands.Add(AttackCommand());
root.Subcommands.Add(ChaosRun.Command());
root.Subcommands.Add(FuzzRun.Command());
root.Subcommands.Add(InterleavingRun.Command());
root.Subcommands.Add(BenchmarksPage.Command());
root.Subcommands.Add(StartUpBench.Command());
root.Subcommands.Add(ServedProcess.Command());
return await root.Parse(args).InvokeAsync();

static Command RoutingCommand()
{
    var seeds = new Option<int>("--seeds") { Description = "Worlds, 1 to 10,000.", DefaultValueFactory = _ => 200 };
    var hours = new Option<int>("--hours") { Description = "Hours of each, 24 to 1,000.", DefaultValueFactory = _ => 96 };
    var exploration = new Option<double>("--exploration") { Description = "0 to 0.05.", DefaultValueFactory = _ => 0.05 };
    var halfLife = new Option<double>("--half-life") { Description = "Hours.", DefaultValueFactory = _ => 6 };
    var spread = new Option<double>("--spread")
    {
        Description = "How much routes differ between operators and drift; 0: the configured order is right everywhere and always.",
        DefaultValueFactory = _ => 1,
    };
    var plots = new Option<string?>("--plots") { Description = "Folder for the plots; without it none are written." };
    Range(seeds, 1, 10_000);
    Range(hours, 24, 1_000);
    var command = new Command("routing", "Simulates learned routing against a configured order. No service is needed.")
    {
        seeds, hours, exploration, halfLife, spread, plots,
    };
    command.SetAction(parsed => RoutingReport.Write(
        parsed.GetValue(seeds),
        new WorldOptions(parsed.GetValue(hours), Spread: parsed.GetValue(spread)),
        parsed.GetValue(exploration),
        parsed.GetValue(halfLife),
        Console.Out,
        parsed.GetValue(plots)));
    return command;
}

static Command AttackCommand()
{
    var only = new Option<string?>("--only") { Description = "The scenarios whose names hold this." };
    var seed = new Option<int>("--seed") { Description = "Chooses the day.", DefaultValueFactory = _ => 1 };
    var command = new Command(
        "attacks", "Simulates attackers and honest traffic against the fraud guard. No service is needed.") { only, seed };
    command.SetAction((parsed, cancellationToken) =>
        new AttackReport(parsed.GetValue(seed), Console.Out).RunAsync(parsed.GetValue(only), cancellationToken));
    return command;
}

static void Range(Option<int> option, int least, int most) => option.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() < least || result.GetValueOrDefault<int>() > most)
    {
        result.AddError($"{result.IdentifierToken?.Value} is {least} to {most}.");
    }
});
