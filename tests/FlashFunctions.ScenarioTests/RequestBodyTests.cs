using System.Text;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>A body as its callers really send it, JSON or a form, and one that cannot be read.</summary>
public sealed class RequestBodyTests(SharedService shared) : IClassFixture<SharedService>
{
    private static int _phones = 100;
    private readonly TestService _service = shared.Service;
    private readonly string _phone = Phones.Of(Interlocked.Increment(ref _phones));
    private readonly string _other = Phones.Of(Interlocked.Increment(ref _phones));

    [Fact]
    public async Task A_verification_is_asked_for_in_json_or_as_a_form()
    {
        var json = await _service.PostAsync("/v1/verify", $$"""{"number":"{{_phone}}","method":"call","codeLength":5}""");
        var form = await _service.PostFormAsync("/v1/verify", $"number=%2B{_other[1..]}&method=call&codeLength=5");

        Assert.Equal((202, 5), (json.Status, json.Json.GetProperty("codeLength").GetInt32()));
        Assert.Equal((202, 5), (form.Status, form.Json.GetProperty("codeLength").GetInt32()));
    }

    [Fact]
    public async Task A_flag_of_a_form_that_is_neither_true_nor_false_is_named_with_what_it_must_be()
    {
        var answer = await _service.PostFormAsync("/v1/verify", $"number=%2B{_phone[1..]}&method=call&trusted=yes");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.Contains("must be true or false", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_begins_with_a_brace_is_json_whatever_its_content_type_says()
    {
        var answer = await _service.PostFormAsync("/v1/verify", $$""" {"number":"{{_phone}}","method":"call"}""");

        Assert.Equal(202, answer.Status);
    }

    [Fact]
    public async Task A_raw_plus_in_a_form_is_read_as_a_plus()
    {
        var answer = await _service.PostFormAsync("/v1/verify", $"number={_phone}&method=call");

        Assert.Equal(202, answer.Status);
        Assert.Equal(_phone, (await _service.ReadAsync(answer.Text("requestId"))).Text("number"));
    }

    [Fact]
    public async Task White_space_around_a_value_is_trimmed()
    {
        var json = await _service.PostAsync("/v1/verify", $$"""{"number":"  {{_phone}}\n","method":" call "}""");
        var form = await _service.PostFormAsync("/v1/verify", $"number=%20%2B{_other[1..]}%20&method=%20call&codeLength=%204%20");

        Assert.Equal(202, json.Status);
        Assert.Equal(202, form.Status);
    }

    [Theory]
    [InlineData("""{"number":"+37253000001","method":"call" """)]
    [InlineData("""{"number":"+37253000001","number":"+37253000002","method":"call"}""")]
    [InlineData("""{"number":"+37253000001","method":"call"} trailing""")]
    [InlineData("{'number':1}")]
    public async Task A_malformed_body_is_error_10_for_the_body(string body)
    {
        var answer = await _service.PostAsync("/v1/verify", body);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("body"));
    }

    [Fact]
    public async Task Json_that_is_not_utf_8_is_error_10_for_the_body()
    {
        byte[] bytes =
        [
            .. Encoding.UTF8.GetBytes("""{"number":"+37253000001","workflow":[{"method":"call","note":" """), 0xC0, 0x80, .. "\"}]}"u8,
        ];
        using var content = new ByteArrayContent(bytes);

        var answer = await _service.SendAsync(_service.Http, HttpMethod.Post, "/v1/verify", content);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("body"));
    }

    [Fact]
    public async Task A_field_that_a_form_gives_twice_is_named()
    {
        var answer = await _service.PostFormAsync("/v1/verify", "number=%2B37253000001&number=%2B37253000002&method=call");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("number"));
    }

    [Fact]
    public async Task Json_that_is_no_object_is_error_10_for_the_body()
    {
        var answer = await _service.PostAsync("/v1/verify", """["number"]""");

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("body"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_64_KiB_is_413_with_error_10_for_the_body(bool saysItsLength)
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"number":"+37253000001","method":"call","from":"{{new string('x', 65_536)}}"}""");
        using var content = saysItsLength ? new ByteArrayContent(bytes) : (HttpContent)new ChunkedContent(bytes);

        var answer = await _service.SendAsync(_service.Http, HttpMethod.Post, "/v1/verify", content);

        Assert.Equal((413, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("body"));
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_error_10_for_the_body()
    {
        var answer = await _service.SendBrokenBodyAsync("/v1/verify");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(""""body":["broke off before its end"]"""", answer, StringComparison.Ordinal);
    }

    private sealed class ChunkedContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
