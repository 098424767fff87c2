using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckRequestsTests
{
    private const string Reference = "A82f588e12b54ba1";

    [Fact]
    public async Task A_request_is_read()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, Contract.Read("Lanck", nameof(A_request_is_read), "response"));

        var reading = await ReadAsync(rig);

        Assert.Equal(
            new ProviderEvent(
                "lanck", Attempt: null, Reference, TransportStatus.Undelivered, "REJECTED", At: null, "405871",
                Outcome: CallOutcome.Unreachable),
            reading);
        Assert.Equal(("GET", "https://lanck.example/v1/requests/A82f588e12b54ba1"), (rig.Upstream.Only.Method, rig.Upstream.Only.Address));
        Assert.Equal("Basic bGFuY2staWQ6bGFuY2stc2VjcmV0", rig.Upstream.Only.Headers["Authorization"]);
    }

    [Theory]
    [InlineData(404, "")]
    [InlineData(200, "{}")]
    [InlineData(401, """{"errorCode": 1}""")]
    [InlineData(503, "")]
    public async Task An_answer_without_a_request_is_no_reading(int status, string body)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(status, body);

        Assert.Null(await ReadAsync(rig));
    }

    private static Task<ProviderEvent?> ReadAsync(ProviderRig rig) =>
        Assert.IsAssignableFrom<IReadAttempts>(rig.Provider("lanck")).ReadAsync(Reference, CancellationToken.None);
}
