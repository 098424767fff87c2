using FlashFunctions.Simulator;

namespace FlashFunctions.Tests.Simulator;

public sealed class UnibellContractTests
{
    [Fact]
    public async Task A_call_rings_from_a_number_that_ends_in_the_code()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.UnibellAsync("""{"number":"4915112345601","code":4321,"timeout":60000}""");

        Assert.Equal(200, answer.Code);
        Assert.EndsWith("4321", answer.Text("from"));
        Assert.True(answer.Json["requestId"]!.GetValue<long>() > 0);
        var phone = session.App.Phone("+4915112345601");
        Assert.Equal(1, phone!.Calls);
        Assert.Equal(answer.Text("from"), phone.Ringing);
    }

    [Fact]
    public async Task A_simulator_that_captures_no_requests_answers_them_all_the_same()
    {
        await using var session = await SimulatorSession.StartAsync(
            _ => new SimulatorOptions { Limits = new SimulatorLimits { Requests = 0 } });

        var answer = await session.UnibellAsync("""{"number":"4915112345601","code":4321,"timeout":60000}""");

        Assert.EndsWith("4321", answer.Text("from"));
    }

    [Theory]
    [InlineData("""{"code":1234}""", 10)]
    [InlineData("""{"number":4915112345601,"code":1234}""", 10)]
    [InlineData("""{"number":"4915112345601"}""", 10)]
    [InlineData("""{"number":"4915112345601","code":"1234"}""", 10)]
    [InlineData("""{"number":"4915112345601","code":123}""", 10)]
    [InlineData("""{"number":"4915112345601","code":12345}""", 10)]
    [InlineData("""{"number":"4915112345601","code":0123}""", 10)]
    [InlineData("""{"number":"4915112345601","code":1234,"timeout":0}""", 10)]
    [InlineData("""{"number":"4915112345601","code":1234,"timeout":"60000"}""", 10)]
    [InlineData("""{"number":"491511234560l","code":1234}""", 11)]
    [InlineData("""{"number":"49151123456О1","code":1234}""", 11)]
    [InlineData("""{"number":"0015112345601","code":1234}""", 11)]
    [InlineData("""{"number":"49 15112345601","code":1234}""", 11)]
    [InlineData("""[1]""", 10)]
    [InlineData("""{"number":""", 10)]
    public async Task A_request_against_the_document_is_refused(string body, int errorCode)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.UnibellAsync(body);

        Assert.Equal(400, answer.Code);
        Assert.Equal(errorCode, answer.Json["errorCode"]!.GetValue<int>());
        Assert.Empty(session.App.Calls);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Wrong_credentials_are_errorCode_1(string? key)
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.UnibellAsync("""{"number":"4915112345601","code":4321}""", key);

        Assert.Equal(401, answer.Code);
        Assert.Equal("Authentication required", answer.Text("errorReason"));
        Assert.False(Assert.Single(session.App.Requests("unibell")).CredentialsRight);
    }

    [Fact]
    public async Task Credentials_in_the_address_work_and_are_noticed()
    {
        await using var session = await SimulatorSession.StartAsync();

        var answer = await session.SendAsync(
            HttpMethod.Post,
            "/unibell/apps/flash/calls/flash?X-Authorization=AccessKey%20unibell-development-access-key",
            SimulatorSession.Json("""{"number":"4915112345601","code":4321}"""));

        Assert.Equal(200, answer.Code);
        var captured = Assert.Single(session.App.Requests());
        Assert.True(captured.CredentialsInAddress);
        Assert.DoesNotContain("unibell-development-access-key", captured.Query);
    }

    [Fact]
    public async Task The_callback_goes_to_the_account_and_carries_the_app_key()
    {
        await using var session = await SimulatorSession.StartAsync();
        var answer = await session.CallAsync("unibell", "4915112345601");

        await session.App.DeliverCallbacksAsync();

        var callback = Assert.Single(session.Receiver.Received);
        Assert.Equal(SimulatorSession.UnibellCallbacks, callback.Address);
        Assert.Equal(answer.Text("requestId"), callback.Json["requestId"]!.ToString());
        Assert.Equal("4915112345601", callback.Json["number"]!.ToString());
        Assert.Equal("TERMINATED", callback.Status);
        Assert.Equal("unibell-development-app-key", callback.Json["appKey"]!.ToString());
        Assert.Equal(session.Time.GetUtcNow().ToUnixTimeSeconds(), callback.Json["timestamp"]!.GetValue<long>());
    }
}
