using System.Net;
using System.Text;

namespace FlashFunctions.ScenarioTests.Contract;

/// <summary>The check that every answer goes through does find what is not as documented.</summary>
public sealed class ContractCheckTests
{
    private const string Canceled = """{"requestId":"01KJPVRAM0ER7H3RM5XFR2T8YV","status":"SENT","result":"canceled"}""";
    private const string Cancel = "/v1/verify/01KJPVRAM0ER7H3RM5XFR2T8YV/cancel";

    [Fact]
    public Task An_answer_as_documented_passes() => CheckAsync(Cancel, HttpStatusCode.OK, Canceled);

    [Theory]
    [InlineData("an undocumented status", Cancel, HttpStatusCode.Created, Canceled)]
    [InlineData(
        "an undocumented field",
        Cancel,
        HttpStatusCode.OK,
        """{"requestId":"01KJPVRAM0ER7H3RM5XFR2T8YV","status":"SENT","result":"canceled","code":"4821"}""")]
    [InlineData("a missing field", Cancel, HttpStatusCode.OK, """{"requestId":"01KJPVRAM0ER7H3RM5XFR2T8YV","status":"SENT"}""")]
    [InlineData(
        "an unknown word", Cancel, HttpStatusCode.OK, """{"requestId":"01KJPVRAM0ER7H3RM5XFR2T8YV","status":"GONE","result":"canceled"}""")]
    [InlineData("another errorCode", Cancel, HttpStatusCode.NotFound, """{"errorCode":1,"errorReason":"Request not found"}""")]
    [InlineData(
        "a missing header", Cancel, HttpStatusCode.ServiceUnavailable, """{"errorCode":50,"errorReason":"Temporarily unavailable"}""")]
    [InlineData("an undocumented path", "/v1/unheard-of", HttpStatusCode.OK, "{}")]
    public async Task An_answer_that_is_not_as_documented_fails(string what, string path, HttpStatusCode status, string body)
    {
        var failure = await Record.ExceptionAsync(() => CheckAsync(path, status, body));

        Assert.True(failure is Xunit.Sdk.XunitException, what);
    }

    private static async Task CheckAsync(string path, HttpStatusCode status, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri("http://service.test"), path));
        using var response = new HttpResponseMessage(status)
        {
            RequestMessage = request,
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        await ContractCheck.CheckAsync(response);
    }
}
