using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Providers;

public sealed class RoutingTests
{
    private static readonly (string Key, string Value) ManyTails = ("Providers:Bird:AssumedTails", "1000000");

    private static readonly (string Key, string Value)[] All =
        [.. ProviderRig.Unibell, .. ProviderRig.Revicom, .. ProviderRig.Bird, ManyTails, .. ProviderRig.Lanck];

    [Fact]
    public async Task Without_settings_calls_go_by_the_order_of_the_providers()
    {
        await using var rig = new ProviderRig(All);

        Assert.Equal(["unibell", "revicom", "bird", "lanck"], Candidates(rig, 4));
        Assert.Equal(["bird", "lanck"], Candidates(rig, 6));
    }

    [Fact]
    public async Task The_configured_order_counts_and_a_countrys_own_before_it()
    {
        await using var rig = new ProviderRig(
        [
            .. All,
            ("Routing:Order:call", "Lanck, unibell,lanck"),
            ("Routing:Country:ee:CALL", "bird,revicom"),
            ("Routing:Country:FI:sms", "lanck"),
        ]);

        Assert.Equal(["lanck", "unibell"], Candidates(rig, 4, "US"));
        Assert.Equal(["bird", "revicom"], Candidates(rig, 4, "EE"));
        Assert.Equal(["lanck", "unibell"], Candidates(rig, 4, "FI"));
        Assert.Equal(["lanck", "unibell"], Candidates(rig, 4, ""));
        Assert.Equal(["bird"], Candidates(rig, 5, "EE"));
    }

    [Fact]
    public async Task The_provider_that_checks_codes_itself_is_used_only_where_it_is_named()
    {
        await using var byDefault = new ProviderRig(ProviderRig.Lanck);
        await using var ordered = new ProviderRig([.. ProviderRig.Lanck, ("Routing:Order:sms", "lanck-verify,lanck")]);

        Assert.Equal(["lanck"], Candidates(byDefault, 4));
        Assert.Equal(["lanck-verify"], Candidates(byDefault, 4, named: "lanck-verify"));
        Assert.Equal(["lanck-verify", "lanck"], Names(ordered.Routing.Choose(Channel.Sms, 4, "US")));
        Assert.Equal(["lanck"], Names(ordered.Routing.Choose(Channel.Sms, 0, "US")));
    }

    [Fact]
    public async Task A_named_provider_is_the_only_one_even_when_no_order_lists_it()
    {
        await using var rig = new ProviderRig([.. All, ("Routing:Order:call", "lanck")]);

        Assert.Equal(["revicom"], Candidates(rig, 4, named: "revicom"));
        Assert.Equal(RouteGap.CannotCarry, rig.Routing.Choose(Channel.Call, 5, "US", "revicom").Gap);
        Assert.False(rig.Routing.CanCarry(Channel.Call, 5, "US", "unibell"));
        Assert.True(rig.Routing.CanCarry(Channel.Call, 5, "US", "bird"));
    }

    [Fact]
    public async Task A_provider_that_is_not_configured_or_does_not_exist_is_said_to_be_so()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Bird, ManyTails, ("Routing:Order:call", "unibell,bird")]);

        Assert.Equal(["bird"], Candidates(rig, 4));
        Assert.Equal(RouteGap.NotConfigured, rig.Routing.Choose(Channel.Call, 4, "US", "unibell").Gap);
        Assert.Equal(RouteGap.NotConfigured, rig.Routing.Choose(Channel.Call, 4, "US", "acme").Gap);
        Assert.Equal(RouteGap.CannotCarry, rig.Routing.Choose(Channel.Push, 4, "US").Gap);
        Assert.Null(rig.Routing.Find("unibell"));
        Assert.Equal("bird", rig.Routing.Find("BIRD")!.Name);
    }

    [Fact]
    public async Task A_provider_whose_tails_are_too_few_is_passed_over_unless_any_tail_will_do()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Bird, ("Providers:Bird:AssumedTails", "10000")]);

        Assert.Equal(["bird"], Candidates(rig, 4));
        Assert.Equal(RouteGap.CannotCarry, rig.Routing.Choose(Channel.Call, 5, "US").Gap);
        Assert.Equal(RouteGap.CannotCarry, rig.Routing.Choose(Channel.Call, 5, "US", "bird").Gap);
        Assert.False(rig.Routing.CanCarry(Channel.Call, 5, "US"));
        Assert.Null(rig.Routing.CapabilityFor(Channel.Call, 5, "US"));
        Assert.Empty(rig.Routing.Able(Channel.Call, 5, "US"));
        Assert.Equal(["bird"], Names(rig.Routing.Choose(Channel.Call, 5, "US", anyTail: true)));
        Assert.Single(rig.Routing.Able(Channel.Call, 5, "US", anyTail: true));
    }

    [Fact]
    public async Task Open_circuits_are_passed_over_and_come_last_in_what_would_be_chosen()
    {
        await using var rig = new ProviderRig([.. ProviderRig.Revicom, .. ProviderRig.Bird, ManyTails]);
        await OpenAsync(rig, "revicom", "1234");

        Assert.Equal(["bird"], Candidates(rig, 4));
        Assert.Equal(TimeSpan.FromSeconds(30), rig.Routing.CapabilityFor(Channel.Call, 4, "US")!.DefaultWait);
        Assert.Equal(RouteGap.CircuitOpen, rig.Routing.Choose(Channel.Call, 4, "US", "revicom").Gap);
        Assert.Empty(rig.Routing.Choose(Channel.Call, 4, "US", "revicom").Candidates);
        Assert.True(rig.Routing.CanCarry(Channel.Call, 4, "US", "revicom"));

        await OpenAsync(rig, "bird", code: null);
        Assert.Equal(RouteGap.CircuitOpen, rig.Routing.Choose(Channel.Call, 4, "US").Gap);
        Assert.Equal(TimeSpan.FromSeconds(70), rig.Routing.CapabilityFor(Channel.Call, 4, "US")!.DefaultWait);

        rig.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(["revicom", "bird"], Candidates(rig, 4));
    }

    [Theory]
    [InlineData("Routing:Order:call", "unibell,nobody", "Routing:Order:call: 'nobody'")]
    [InlineData("Routing:Order:smoke", "unibell", "Routing:Order:smoke")]
    [InlineData("Routing:Order:1", "unibell", "Routing:Order:1")]
    [InlineData("Routing:Country:EE:call", "nobody", "Routing:Country:EE:call: 'nobody'")]
    [InlineData("Routing:Country:EE:smoke", "lanck", "Routing:Country:EE:smoke")]
    [InlineData("Routing:Country:EST:call", "lanck", "Routing:Country:EST")]
    public async Task An_order_that_names_what_does_not_exist_stops_the_start(string key, string value, string mistake)
    {
        await using var rig = new ProviderRig([.. All, (key, value)]);

        var failures = Assert.Throws<OptionsValidationException>(
            () => rig.Services.GetRequiredService<IStartupValidator>().Validate()).Failures;

        Assert.StartsWith(mistake, Assert.Single(failures), StringComparison.Ordinal);
    }

    private static string[] Candidates(ProviderRig rig, int codeLength, string country = "US", string? named = null)
    {
        var route = rig.Routing.Choose(Channel.Call, codeLength, country, named);
        Assert.Equal(RouteGap.None, route.Gap);
        return [.. route.Candidates.Select(provider => provider.Name)];
    }

    private static async Task OpenAsync(ProviderRig rig, string provider, string? code)
    {
        rig.Upstream.Always(500);
        for (var i = 0; i < 8; i++)
        {
            var to = PhoneNumber.Parse($"+1408555391{i}", null);
            await rig.PlaceAsync(provider, ProviderRig.Call(code) with { To = to, Country = "US" });
        }
    }

    private static string[] Names(Route route) => [.. route.Candidates.Select(provider => provider.Name)];
}
