namespace FlashFunctions.Tests.Infra;

/// <summary>infra/smoke-test.sh, with a stand-in for curl.</summary>
public sealed class SmokeTestScriptTests : IDisposable
{
    private readonly StandInTools _tools = new();

    public void Dispose() => _tools.Dispose();

    [Fact]
    public async Task A_verification_through_the_queue_passes_and_leaves_no_account_behind()
    {
        var (exitCode, output) = await RunAsync();
        Assert.True(exitCode == 0, output);
        var calls = await _tools.CallsAsync();
        Assert.Contains("{\"number\":\"+15005550006\",\"method\":\"call\",\"codeLength\":6}", calls, StringComparison.Ordinal);
        Assert.Contains("{\"requestId\":\"06EKM5\",\"code\":\"000000\"}", calls, StringComparison.Ordinal);
        Assert.Contains("--request DELETE", calls.Split("/v1/verify/check")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_are_not_among_the_arguments()
    {
        var (_, output) = await RunAsync();
        var calls = await _tools.CallsAsync();
        Assert.Contains("  reads header = \"x-functions-key: the-function-key\"", calls, StringComparison.Ordinal);
        Assert.Contains("  reads user = \"key-1:the-token-secret\"", calls, StringComparison.Ordinal);
        Assert.All(
            calls.Split('\n').Where(line => line.StartsWith("curl", StringComparison.Ordinal)).Append(output),
            line => Assert.DoesNotMatch("the-function-key|the-token-secret", line));
    }

    [Theory]
    [InlineData("ACCEPTED", "VERIFIED", "is still ACCEPTED: nobody took its job from the queue")]
    [InlineData("REJECTED", "VERIFIED", "the verification ended as REJECTED")]
    [InlineData("SENT", "WRONG_CODE", "was answered with WRONG_CODE")]
    public async Task What_does_not_work_is_said_and_the_account_deleted(string status, string verdict, string message)
    {
        (_tools.Status, _tools.Verdict) = (status, verdict);
        var (exitCode, output) = await RunAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Contains("--request DELETE", (await _tools.CallsAsync()).Split("/v1/requests/06EKM5")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_asks_for_what_it_needs()
    {
        var (exitCode, output) = await _tools.RunAsync("smoke-test.sh", ["https://func-flash.example"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("usage: infra/smoke-test.sh", output, StringComparison.Ordinal);
        var keyless = await _tools.RunAsync("smoke-test.sh", ["https://func-flash.example", "+15005550006", "000000"]);
        Assert.Contains("needs the function key", keyless.Output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> RunAsync() =>
        _tools.RunAsync("smoke-test.sh", ["https://func-flash.example/", "+15005550006", "000000"], "the-function-key\n");
}
