using System.CommandLine;
using FlashFunctions.Bench;

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
count.Validators.Add(result => Range(result, 1, 800_000));
warmUp.Validators.Add(result => Range(result, 0, 100_000));
inFlight.Validators.Add(result => Range(result, 1, 1_024));
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
return await root.Parse(args).InvokeAsync();

static void Range(System.CommandLine.Parsing.OptionResult result, int least, int most)
{
    if (result.GetValueOrDefault<int>() < least || result.GetValueOrDefault<int>() > most)
    {
        result.AddError($"{result.IdentifierToken?.Value} is {least} to {most}.");
    }
}
