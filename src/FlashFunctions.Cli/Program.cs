using FlashFunctions.Cli;

return await FlashCli.RunAsync(args, CliEnvironment.OfProcess);
