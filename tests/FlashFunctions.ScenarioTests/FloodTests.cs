using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>What callers without credentials cost.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(services: _journal.Attach);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_key_id_that_was_made_up_costs_no_call_of_the_store()
    {
        var made = KeyIds.Make();
        string[] madeUp =
        [
            "admin", new('a', 32), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)),
            made[..^1], made.ToUpperInvariant(), (made[0] == '0' ? '1' : '0') + made[1..], made[..31] + (made[31] == '0' ? '1' : '0'),
        ];
        _journal.Clear();
        foreach (var keyId in madeUp)
        {
            Assert.Equal((401, 1), await ReadAsync(keyId));
        }

        Assert.Empty(_journal.Operations);
    }

    [Fact]
    public async Task The_development_account_costs_no_call_of_the_store()
    {
        _journal.Clear();
        await _service.ReadAsync("none");

        Assert.Empty(_journal.Operations);
    }

    [Fact]
    public async Task A_key_id_that_only_looks_like_ours_is_looked_up_once_a_minute()
    {
        var keyId = KeyIds.Make();
        _journal.Clear();

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ReadAsync(keyId)));
        await ReadAsync(keyId);
        Assert.Equal(1, LookUps());
        _service.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReadAsync(keyId);
        Assert.Equal(2, LookUps());
    }

    [Fact]
    public async Task Of_many_key_ids_that_look_like_ours_few_are_looked_up_and_nobody_who_was_in_is_kept_out()
    {
        using var known = await _service.AddAccountAsync("known");
        Task<Answer> KnownAsync() => _service.SendAsync(known, HttpMethod.Get, "/v1/requests/none", null);
        Assert.Equal(404, (await KnownAsync()).Status);
        _journal.Clear();
        var answers = new List<(int Status, int? ErrorCode)>();
        for (var call = 0; call < 300; call++)
        {
            answers.Add(await ReadAsync(KeyIds.Make()));
        }

        Assert.InRange(LookUps(), 150, 210);
        Assert.Equal((503, 50), answers[^1]);
        Assert.Equal(404, (await KnownAsync()).Status);
        _service.Clock.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(404, (await KnownAsync()).Status);
        Assert.Equal((401, 1), await ReadAsync(KeyIds.Make()));
    }

    [Theory]
    [InlineData("unibell/not-the-token")]
    [InlineData("unibell")]
    [InlineData("revicom/0123456789abcdefghjkmnpqrs/0/not-the-token")]
    [InlineData("lanck/0123456789abcdefghjkmnpqrs/0/not-the-token")]
    [InlineData("lanck/inbound-sms/not-the-token")]
    public async Task The_body_of_a_webhook_with_a_wrong_path_token_is_not_waited_for(string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_service.Host.Address.Host, _service.Host.Address.Port);
        var head = $"POST /webhooks/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));

        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 401", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Authorization: AccessKey caf\u00e9:secret")]
    [InlineData("Authorization: Basic \u00ff\u00fe")]
    [InlineData("Idempotency-Key: \u00c3\u00a9")]
    [InlineData("traceparent: \u00e9")]
    [InlineData("X-Odd: \u0080")]
    public async Task Header_bytes_beyond_ASCII_are_answered_and_do_no_harm(string header)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_service.Host.Address.Host, _service.Host.Address.Port);
        var call = $"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\n{header}\r\nContent-Length: 2\r\n\r\n{{}}";
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(call));

        using var reader = new StreamReader(socket.GetStream(), Encoding.Latin1);
        Assert.Matches("^HTTP/1.1 (400|401) ", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(404, (await _service.ReadAsync("none")).Status);
    }

    private int LookUps() => _journal.Operations.Count(operation => operation is { Port: TableNames.Tokens, Verb: "Read" });

    private async Task<(int Status, int? ErrorCode)> ReadAsync(string keyId)
    {
        using var client = _service.NewClient(keyId, "secret");
        var answer = await _service.SendAsync(client, HttpMethod.Get, "/v1/requests/none", null);
        return (answer.Status, answer.ErrorCode);
    }
}
