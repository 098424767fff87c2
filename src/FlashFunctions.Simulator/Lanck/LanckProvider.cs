using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlashFunctions.Simulator;

/// <summary>Lanck: everything of its v1 surface.</summary>
internal sealed class LanckProvider
{
    private const string Base = "/lanck/v1";
    private readonly SimulatedLanckOptions _options;
    private readonly LanckVerify _verify;
    private readonly LanckCalls _calls;
    private readonly LanckMessages _messages;
    private readonly LanckInsight _insight;
    private readonly LanckRequests _requests;
    private readonly LanckFailover _failover;
    private readonly LanckRate _rate;
    private readonly Door _door;
    private readonly string _credentials;

    public LanckProvider(Desk desk, SimulatorOptions options, CallbackEngine callbacks, TimeProvider time)
    {
        var own = new LanckDesk(desk, options.Limits);
        _options = options.Lanck;
        _verify = new LanckVerify(own);
        _calls = new LanckCalls(own);
        _messages = new LanckMessages(own);
        _insight = new LanckInsight(own);
        _requests = new LanckRequests(own);
        _failover = new LanckFailover(own, callbacks);
        _rate = new LanckRate(_options.RequestsPerSecond, time);
        _credentials = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.Id}:{_options.Secret}"));
        _door = new Door(SimulatedProviders.Lanck, Authenticate, ErrorTable.Of);
    }

    public void Map(IEndpointRouteBuilder routes, Exchange exchange)
    {
        MapForm(routes, exchange, "/verify", _verify.Create);
        MapForm(routes, exchange, "/verify/check", _verify.Check);
        MapForm(routes, exchange, "/requests/{id}", _requests.SetGoal);
        MapForm(routes, exchange, "/insight/hlr", _insight.Hlr);
        MapForm(routes, exchange, "/insight/fraudcheck", LanckInsight.FraudCheck);
        MapForm(routes, exchange, "/sms", _messages.Sms);
        MapForm(routes, exchange, "/messaging/push", _messages.Push);
        MapForm(routes, exchange, "/messaging/viber", _messages.Viber);
        MapForm(routes, exchange, "/messaging/rcs", _messages.Rcs);
        MapForm(routes, exchange, "/calls/flash", _calls.Flash);
        MapForm(routes, exchange, "/calls/p2s", _calls.PinToSpeech);
        MapForm(routes, exchange, "/calls/t2s", _calls.TextToSpeech);
        routes.MapPost(Base + "/messaging/failover", Serve(exchange, _failover.Start));
        routes.MapGet(Base + "/requests/{id}", Serve(exchange, _requests.Show));
        routes.MapGet(Base + "/insight/hlr", Serve(exchange, request => _insight.Hlr(LanckForm.OfQuery(request, _options), request)));
        routes.Map("/lanck/{**rest}", Serve(exchange, _ => ErrorTable.NotFound));
    }

    private void MapForm(IEndpointRouteBuilder routes, Exchange exchange, string path, Func<LanckForm, ProviderRequest, Outcome> handle) =>
        routes.MapPost(Base + path, Serve(exchange, request => LanckForm.OfBody(request, _options) is { } form ? handle(form, request) : ErrorTable.InvalidRequest));

    private RequestDelegate Serve(Exchange exchange, Func<ProviderRequest, Outcome> handle) =>
        exchange.Serve(_door, request => _rate.TryTake() ? handle(request) : ErrorTable.TooManyRequests);

    private Reply? Authenticate(HttpRequest request) =>
        string.Equals(request.Headers.Authorization, _credentials, StringComparison.Ordinal) ? null : ErrorTable.AuthenticationRequired;
}
