using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Lanck;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckRequestsTests
{
    [Fact]
    public async Task A_request_is_read()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, Contract.Read("Lanck", nameof(A_request_is_read), "response"));

        var reading = await ReadAsync(rig);

        Assert.Equal(
            new LanckRequestReading.Found(
                TransportStatus.Undelivered, "REJECTED", "405871", "Jio", "IN", DateTimeOffset.FromUnixTimeMilliseconds(1551007102495)),
            reading);
        Assert.Equal(("GET", "https://lanck.example/v1/requests/A82f588e12b54ba1"), (rig.Upstream.Only.Method, rig.Upstream.Only.Address));
        Assert.Equal("Basic bGFuY2staWQ6bGFuY2stc2VjcmV0", rig.Upstream.Only.Headers["Authorization"]);
    }

    [Theory]
    [InlineData(404, "", typeof(LanckRequestReading.Unknown))]
    [InlineData(200, "{}", typeof(LanckRequestReading.Unavailable))]
    [InlineData(401, """{"errorCode": 1}""", typeof(LanckRequestReading.Unavailable))]
    [InlineData(503, "", typeof(LanckRequestReading.Unavailable))]
    public async Task An_answer_without_a_request_says_why(int status, string body, Type expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(status, body);

        Assert.IsType(expected, await ReadAsync(rig));
    }

    private static Task<LanckRequestReading> ReadAsync(ProviderRig rig) =>
        rig.Services.GetRequiredService<LanckRequests>().ReadAsync("A82f588e12b54ba1", CancellationToken.None);
}
