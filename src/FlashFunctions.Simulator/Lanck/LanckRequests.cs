namespace FlashFunctions.Simulator;

/// <summary>Reads requests and takes their goals.</summary>
internal sealed class LanckRequests(LanckDesk desk)
{
    public Outcome Show(ProviderRequest request) => desk.Find(request.Route("id")) is { } found
        ? Reply.Json(200, found.Show(withPayload: true), LanckJson.Default.LanckInfo)
        : ErrorTable.NotFound;

    public Outcome SetGoal(LanckForm form, ProviderRequest request)
    {
        var goal = form.Text("goal", required: true);
        if (form.Refusal is { } invalid)
            return invalid;
        if (desk.Find(request.Route("id")) is not { } found)
            return ErrorTable.NotFound;
        desk.Desk.Report(SimulatedProviders.Lanck, "goal", found.Id, found.Number, goal!, detail: null);
        return Reply.Json(200, new LanckAccepted(found.Id), LanckJson.Default.LanckAccepted);
    }
}
