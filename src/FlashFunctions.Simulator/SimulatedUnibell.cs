using System.Globalization;
using System.Security.Cryptography;

namespace FlashFunctions.Simulator;

/// <summary>Unibell: flash calls with a code that the client chooses, callbacks to the account's one address.</summary>
internal sealed class SimulatedUnibell(SimulatedCalls calls) : SimulatedProvider(SimulatedProviders.Unibell, calls)
{
    // Ids do not repeat when the simulator is started again, since a service may still know the old ones.
    private long _lastId = (((long)RandomNumberGenerator.GetInt32(1, 1 << 20)) << 30) + 100_000;

    public override void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/unibell/apps/flash/calls/flash", Serve(Place));
        routes.Map("/unibell/{**rest}", Serve(_ => SimulatedErrors.NotFound));
    }

    protected override SimulatedReply? Authenticate(HttpRequest request)
    {
        var given = (string?)request.Headers["X-Authorization"] ?? request.Query["X-Authorization"];
        return given == "AccessKey " + SimulatorDefaults.UnibellAccessKey ? null : SimulatedErrors.AuthenticationRequired;
    }

    private SimulatedReply Place(SimulatedHttpRequest request)
    {
        if (request.Json() is not { } body || body.Text("number") is not { } given)
        {
            return SimulatedErrors.InvalidRequest;
        }

        if (SimulatedNumbers.DigitsOf(given) is not { } number)
        {
            return SimulatedErrors.InvalidNumber;
        }

        // A JSON number has no leading zero, so four digits begin at 1000.
        var timeout = body.Integer("timeout");
        if (body.Integer("code") is not (>= 1000 and <= 9999 and var code) || (body.Member("timeout") is not null && timeout is not > 0))
        {
            return SimulatedErrors.InvalidRequest;
        }

        return Answer(number, () =>
        {
            var id = Interlocked.Increment(ref _lastId);
            var call = FlashCall(number, SimulatedNumbers.CallerEndingIn(code.ToString(CultureInfo.InvariantCulture)));
            TimeSpan? longestRing = timeout is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
            Calls.Place(call, id.ToString(CultureInfo.InvariantCulture), longestRing);
            return SimulatedReply.Json(200, new { RequestId = id, call.From }) with
            {
                Scripts = [new Script(call, id, Calls.Addresses.Unibell)],
            };
        });
    }

    private sealed class Script(SimulatedCall call, long id, Uri? address)
        : SimulatedScript(call, address, SimulatedCallStatuses.Of(call.Outcome, normally: "TERMINATED"))
    {
        public override SimulatedMessage Write(string status, DateTimeOffset at)
        {
            var (timestamp, secret) = (at.ToUnixTimeSeconds(), SecretOrForged(SimulatorDefaults.UnibellAppKey));
            var body = new { RequestId = id, Call.Number, Status = status, Timestamp = timestamp, AppKey = secret };
            return new SimulatedMessage(SimulatedProviders.Unibell, Address, SimulatedJson.Write(body));
        }
    }
}

/// <summary>The statuses of a call that Unibell's and Lanck's documents share, in order.</summary>
internal static class SimulatedCallStatuses
{
    /// <summary>The statuses of a call that ends in an outcome; <paramref name="normally"/> where nothing special happens.</summary>
    public static string[] Of(SimulatedOutcome outcome, string normally) => outcome switch
    {
        SimulatedOutcome.Answered => ["ANSWERED"],
        SimulatedOutcome.NobodyThere => ["TERMINATED"],
        SimulatedOutcome.Declined => ["BUSY_HERE"],
        SimulatedOutcome.Rejected => ["REJECTED"],
        SimulatedOutcome.Unreachable => ["UNAVAILABLE"],
        SimulatedOutcome.Forbidden => ["FORBIDDEN"],
        SimulatedOutcome.Unfinished or SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Contradicted => [normally, "UNAVAILABLE"],
        _ => [normally],
    };
}
