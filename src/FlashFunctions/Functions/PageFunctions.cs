using FlashFunctions.Http.Contract;
using FlashFunctions.Http.Pages;

namespace FlashFunctions.Functions;

/// <summary>
/// What this service can be asked, for programs and for people, and the operators' console. Anyone may load that, since it contains no
/// data: it asks for the function key, and calls what is under /manage/ with it.
/// </summary>
public sealed class PageFunctions(ContractFiles contract, ConsoleFiles console)
{
    [Function("OpenApi")]
    public IResult OpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequest request) =>
        new FileAnswer(contract.Document);

    [Function("Docs")]
    public IResult Docs([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "docs")] HttpRequest request) =>
        new FileAnswer(contract.Page);

    [Function("Console")]
    public IResult Console([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "console")] HttpRequest request) =>
        console.Answer(request.Path);

    [Function("ConsoleFile")]
    public IResult ConsoleFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "console/{*path}")] HttpRequest request) =>
        console.Answer(request.Path);
}
