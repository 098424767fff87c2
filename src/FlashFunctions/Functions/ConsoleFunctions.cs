using FlashFunctions.Http.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>
/// The operators' console. Anyone may load it, since it contains no data: it asks for the function key, and calls what is under /manage/
/// with it.
/// </summary>
public sealed class ConsoleFunctions(ConsoleFiles files)
{
    [Function("Console")]
    public IResult Page([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "console")] HttpRequest request) =>
        files.Answer(request.Path);

    [Function("ConsoleFile")]
    public IResult File([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "console/{*path}")] HttpRequest request) =>
        files.Answer(request.Path);
}
