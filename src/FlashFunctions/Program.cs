using FlashFunctions;
using FlashFunctions.AzureStorage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.AddFlashFunctions();
builder.Services.AddAzureStorage(builder.Configuration);
await builder.Build().RunAsync();
