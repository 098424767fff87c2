using System.Diagnostics;
using FlashTrace = FlashFunctions.Core.Telemetry.Trace;

namespace FlashFunctions.Tests.Infra;

/// <summary>How the service's spans join the Functions host's, whose span around a function is played here.</summary>
public sealed class HostSpanTests : IDisposable
{
    private const string Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly ActivitySource _host = new(FlashTrace.HostSource);
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name is FlashTrace.SourceName or FlashTrace.HostSource,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public HostSpanTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose()
    {
        _listener.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void A_known_callers_span_is_below_the_hosts()
    {
        using var host = _host.StartActivity("function verify");
        using var span = FlashTrace.StartCall("verify", Traceparent, isKnown: true);

        Assert.Equal((host!.TraceId, host.SpanId), (span!.TraceId, span.ParentSpanId));
    }

    [Fact]
    public void A_known_caller_without_a_host_has_its_own_trace()
    {
        using var span = FlashTrace.StartCall("verify", Traceparent, isKnown: true);

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", span!.TraceId.ToHexString());
    }

    [Fact]
    public void A_stranger_writes_into_no_trace_and_is_linked_to_the_hosts_span()
    {
        using var host = _host.StartActivity("function webhook");
        using var span = FlashTrace.StartCall("webhook", Traceparent, isKnown: false);

        Assert.Equal(default, span!.ParentSpanId);
        Assert.NotEqual(host!.TraceId, span.TraceId);
        Assert.NotEqual("0af7651916cd43dd8448eb211c80319c", span.TraceId.ToHexString());
        Assert.Equal(host.Context, Assert.Single(span.Links).Context);
    }

    [Fact]
    public void A_job_goes_on_with_the_requests_trace_and_is_linked_to_the_hosts_span()
    {
        using var host = _host.StartActivity("function dispatch");
        using var span = FlashTrace.Continue("dispatch", Traceparent);

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", span!.TraceId.ToHexString());
        Assert.Equal(host!.Context, Assert.Single(span.Links).Context);
    }
}
