using System.Globalization;
using System.Text.Json.Nodes;
using FlashFunctions.ScenarioTests.Callbacks;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.ScenarioTests.Messages;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Parameters;

/// <summary>Every row of the source document's parameter tables reaches the provider as documented, through our own endpoints.</summary>
public sealed class RequestRowTests(RequestRowTests.Fixture fixture) : IClassFixture<RequestRowTests.Fixture>
{
    public static TheoryData<string, bool> Forms =>
    [
        .. RequestRows.Forms.Select(row => (row.ToString(), true)),
        .. RequestRows.Forms.Where(row => row.Parameter != "language").Select(row => (row.ToString(), false)),
    ];

    public static TheoryData<string> Flows => [.. RequestRows.Flows.Select(row => row.ToString())];

    private TestService Service => fixture.Service;

    [Fact]
    public void Every_documented_parameter_has_a_row_and_every_row_is_documented()
    {
        RequestRow[] rows = [.. RequestRows.Forms, .. RequestRows.Flows, .. RequestRows.RequestSideEffects];
        var documented = DocumentedParameters.OfRequests.SelectMany(pair => pair.Value.Select(name => $"{pair.Key} {name}"));
        var tested = rows.Select(row => $"{row.Endpoint} {row.Parameter}").Distinct(StringComparer.Ordinal);

        Assert.Equal(documented.Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(row.IsWithheld, row.Because is not null));
        Assert.Equal(40, DocumentedParameters.Languages.Distinct(StringComparer.Ordinal).Count());
        Assert.All(documented, name => Assert.Contains(rows, row => $"{row.Endpoint} {row.Parameter}" == name && Sends(row)));

        // Our own address stands for the account's, and the provider's id for ours.
        static bool Sends(RequestRow row) => !row.IsWithheld || row.Received is { Length: > 0 };
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_parameter_of_a_form_reaches_the_provider(string name, bool asForm)
    {
        var row = RequestRows.Named(name);
        var number = fixture.NewNumber();
        var fields = RequestRows.Least(row.Endpoint);
        fields["number"] = number;
        if (row.With?.Split('=', 2) is [var other, var value])
        {
            fields[other] = value;
        }

        fields[row.Parameter] = fixture.Given(row, number);

        var answer = await SendAsync(row.Endpoint, fields, asForm);

        Assert.InRange(answer.Status, 200, 202);
        await Service.PumpAsync();
        var sent = Upstream.Form(fixture.OnlyRequest(row.Endpoint, number));
        AssertReceived(row, number, sent.GetValueOrDefault(row.Parameter));
        Assert.Equal(number, sent["number"]);
        Assert.All(sent.Keys, key => Assert.Contains(key, DocumentedParameters.OfRequests[row.Endpoint]));
        await AssertToldAsync(row, answer);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task A_parameter_of_a_flow_reaches_the_provider(string name)
    {
        var row = RequestRows.Named(name);
        var number = fixture.NewNumber();
        var body = RequestRows.Flow(row);
        body["number"] = number;
        if (!row.Parameter.StartsWith("flow.", StringComparison.Ordinal))
        {
            body[row.Parameter] = fixture.Given(row, number);
        }

        var answer = await Service.PostAsync($"/v1/{row.Endpoint}", body.ToJsonString());

        Assert.Equal(202, answer.Status);
        await Service.PumpAsync();
        var sent = JsonNode.Parse(fixture.OnlyRequest(row.Endpoint, number).Body)!;
        AssertReceived(row, number, Find(sent, row.Parameter)?.ToString());
        Assert.Equal("sms", Find(sent["flow"]![1]!, "type")!.ToString());
        Assert.False(sent.AsObject().ContainsKey("provider"));
        await AssertToldAsync(row, answer);
    }

    [Fact]
    public async Task The_providers_own_id_and_the_code_reach_its_check()
    {
        var number = fixture.NewNumber();
        var answer = await SendAsync("verify", new(StringComparer.Ordinal) { ["number"] = number, ["method"] = "sms" }, asForm: true);
        await Service.PumpAsync();
        var reference = Service.Simulator.Phone(number)!.History[^1].Reference;

        await Service.PostFormAsync("/v1/verify/check", $"requestId={answer.Text("requestId")}&code=5555");

        var sent = Upstream.To(Service, "verify/check").Select(Upstream.Form).Single(form => form["requestId"] == reference);
        Assert.Equal("5555", sent["code"]);
        Assert.Equal(
            DocumentedParameters.OfRequests["verify/check"].Order(StringComparer.Ordinal), sent.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("NUMBER_VERIFIED")]
    [InlineData("LINK_OPENED")]
    public async Task A_goal_reaches_the_provider_under_its_own_id(string goal)
    {
        var number = fixture.NewNumber();
        var answer = await SendAsync("sms", new(StringComparer.Ordinal) { ["number"] = number, ["text"] = "Hello" }, asForm: true);
        await Service.PumpAsync();
        var reference = Service.Simulator.Phone(number)!.History[^1].Reference;

        Assert.Equal(200, (await Service.PostFormAsync($"/v1/requests/{answer.Text("requestId")}", $"goal={goal}")).Status);
        await Service.PumpAsync();

        Assert.Equal(goal, Assert.Single(Upstream.Form(Assert.Single(Upstream.To(Service, $"requests/{reference}")))).Value);
        Assert.Contains(RequestRows.RequestSideEffects, row => row.Parameter == "goal" && row.Value == goal);
    }

    private static JsonNode? Find(JsonNode body, string path) => path.StartsWith("flow.", StringComparison.Ordinal)
        ? path["flow.".Length..].Split('.').Aggregate<string, JsonNode?>(body["flow"]![0], (node, name) => node?[name])
        : body[path];

    private Task<Answer> SendAsync(string endpoint, Dictionary<string, string> fields, bool asForm)
    {
        // The provider takes 30 requests a second, and we send fewer.
        Service.Clock.Advance(TimeSpan.FromSeconds(1));
        var form = string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        return asForm ? Service.PostFormAsync($"/v1/{endpoint}", form) : Service.PostAsync($"/v1/{endpoint}", Json(fields).ToJsonString());
    }

    /// <summary>JSON has the one number that there is as a number.</summary>
    private static JsonObject Json(Dictionary<string, string> fields) => new(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(
        field.Key, field.Key == "codeLength" ? int.Parse(field.Value, CultureInfo.InvariantCulture) : field.Value)));

    private static void AssertReceived(RequestRow row, string number, string? received)
    {
        if (row.Parameter == "callbackUrl")
        {
            Assert.StartsWith(row.Received!, received, StringComparison.Ordinal);
            return;
        }

        var expected = row.Received ?? (row.Value == RequestRows.Phone ? number : row.Value);
        Assert.Equal(expected.Length == 0 ? null : expected, received);
    }

    /// <summary>An address that the account gave is told by us what the provider told us at ours.</summary>
    private async Task AssertToldAsync(RequestRow row, Answer answer)
    {
        if (row.Parameter == "callbackUrl")
        {
            var told = fixture.Receiver.All.Where(one => one.Text("requestId") == answer.Text("requestId")).ToArray();
            Assert.Contains("DELIVERED", told.Select(one => one.Text("status")));
            Assert.Equal("DELIVERED", (await Service.ReadAsync(answer.Text("requestId"))).Text("status"));
        }
    }

    /// <summary>One service for all rows, in which the provider verifies by itself; each row has a phone of its own.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private int _phones;

        public TestService Service { get; private set; } = null!;

        public Receiver Receiver { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Receiver = await Receiver.StartAsync();
            Service = await TestService.StartAsync(new Settings
            {
                ["Routing:Order:call"] = "lanck-verify,lanck",
                ["Routing:Order:sms"] = "lanck-verify,lanck",
                ["Routing:Order:voice"] = "lanck-verify,lanck",
            });
        }

        public async ValueTask DisposeAsync()
        {
            await Service.DisposeAsync();
            await Receiver.DisposeAsync();
        }

        internal string NewNumber() => Phones.Of(Interlocked.Increment(ref _phones));

        internal string Given(RequestRow row, string number) => row.Value switch
        {
            RequestRows.Phone => number,
            RequestRows.Backend => Receiver.Address,
            var value => value,
        };

        /// <summary>The only request to an endpoint that is about a number.</summary>
        internal SimulatedRequest OnlyRequest(string endpoint, string number) => Assert.Single(
            Upstream.To(Service, endpoint), request => request.Body.Contains(number[1..], StringComparison.Ordinal));
    }
}
