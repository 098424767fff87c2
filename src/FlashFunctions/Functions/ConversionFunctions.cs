using FlashFunctions.Core.Operations;
using FlashFunctions.Http;
using FlashFunctions.Http.Manage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FlashFunctions.Functions;

/// <summary>How routes convert, for operators: by the host's function key.</summary>
public sealed class ConversionFunctions(ManageApi api, ConversionUseCase conversion)
{
    [Function("ManageConversion")]
    public Task<IResult> ConversionAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "manage/conversion")] HttpRequest request) =>
        api.RunAsync(request, async (fields, token) => (await conversion.RunAsync(fields, token)).TryGet(out var answer, out var problem)
            ? ConversionResults.Of(answer)
            : new ProblemAnswer(problem));
}
