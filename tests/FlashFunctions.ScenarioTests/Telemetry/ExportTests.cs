using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Azure.Monitor.OpenTelemetry.Exporter;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FlashFunctions.ScenarioTests.Telemetry;

[Collection(TelemetryTests.Name)]
public sealed class ExportTests
{
    [Fact]
    public async Task Traces_measurements_and_logs_arrive_by_OTLP_without_anything_personal()
    {
        await using var collector = await Collector.StartAsync();
        await using var service = await TestService.StartAsync(collector.Settings);
        var id = await service.VerifyAsync(Phones.Ordinary, Steps.CallsBy("bird"));
        await service.PumpAsync();
        await service.CheckAsync(id, service.CodeOn(Phones.Ordinary));
        await service.PumpAsync();
        await service.PostAsync("/webhooks/bird/calls", "{}");
        Assert.True(service.Service<TracerProvider>().ForceFlush());
        Assert.True(service.Service<MeterProvider>().ForceFlush());
        Assert.True(service.Service<LoggerProvider>().ForceFlush());

        Assert.All(
            ["verify", "dispatch", "place", "webhook", "check", "report", id],
            text => Assert.Contains(text, collector.At("/v1/traces"), StringComparison.Ordinal));
        Assert.All(
            ["flashfunctions.requests", "flashfunctions.attempts", "flashfunctions.outcomes", "flashfunctions.provider.duration",
                "flashfunctions.circuit.open", "flashfunctions.queue.delay", "service.name", "a-name-of-its-own"],
            text => Assert.Contains(text, collector.At("/v1/metrics"), StringComparison.Ordinal));
        Assert.Contains("A webhook of bird was not authentic", collector.At("/v1/logs"), StringComparison.Ordinal);
        Assert.All(
            [Phones.Ordinary[1..], service.CodeOn(Phones.Ordinary, 7)],
            secret => Assert.DoesNotContain(secret, collector.Everything, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Traces_measurements_and_logs_arrive_at_Application_Insights_without_anything_personal()
    {
        await using var insights = await Insights.StartAsync();
        await using var service = await TestService.StartAsync(
            insights.Settings, all => all.PostConfigure<AzureMonitorExporterOptions>(KeepEveryTrace));
        await service.VerifyAsync(Phones.Ordinary, Steps.CallsBy("bird"));
        await service.PumpAsync();
        await service.PostAsync("/webhooks/bird/calls", "{}");
        Assert.True(service.Service<TracerProvider>().ForceFlush());
        Assert.True(service.Service<MeterProvider>().ForceFlush());
        Assert.True(service.Service<LoggerProvider>().ForceFlush());

        Assert.All(
            ["\"verify\"", "\"dispatch\"", "flashfunctions.attempts", "A webhook of bird was not authentic"],
            text => Assert.Contains(text, insights.Everything, StringComparison.Ordinal));
        Assert.All(
            [Phones.Ordinary[1..], service.CodeOn(Phones.Ordinary, 7)],
            secret => Assert.DoesNotContain(secret, insights.Everything, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("true")]
    public async Task Without_an_endpoint_or_switched_off_nothing_is_registered(string? disabled)
    {
        var settings = new Settings { ["OTEL_SDK_DISABLED"] = disabled };
        if (disabled is not null)
        {
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9";
        }

        await using var service = await TestService.StartAsync(settings);

        Assert.Null(service.Host.Services.GetService(typeof(TracerProvider)));
        Assert.Null(service.Host.Services.GetService(typeof(MeterProvider)));
    }

    // By default the exporter keeps five traces a second, of all that other tests do meanwhile.
    private static void KeepEveryTrace(AzureMonitorExporterOptions options) => (options.TracesPerSecond, options.SamplingRatio) = (null, 1);

    /// <summary>Takes OTLP over HTTP as protobuf, and keeps the texts in it.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<(string Path, string Body)> _taken = new();

        private Collector(WebApplication app) => _app = app;

        public IReadOnlyDictionary<string, string?> Settings => new Settings
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "a-name-of-its-own",
        };

        public string Everything => string.Concat(_taken.Select(one => one.Body));

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var collector = new Collector(app);
            app.MapPost("/v1/{signal}", collector.TakeAsync);
            await app.StartAsync();
            return collector;
        }

        public string At(string path) => string.Concat(_taken.Where(one => one.Path == path).Select(one => one.Body));

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            Assert.Equal("application/x-protobuf", context.Request.ContentType);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _taken.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            context.Response.ContentType = "application/x-protobuf";
        }
    }

    /// <summary>Takes what is sent to Application Insights.</summary>
    private sealed class Insights : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<string> _taken = new();

        private Insights(WebApplication app) => _app = app;

        public IReadOnlyDictionary<string, string?> Settings => new Settings
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] =
                "InstrumentationKey=00000000-0000-0000-0000-000000000001;"
                + $"IngestionEndpoint={_app.Urls.Single()}/;LiveEndpoint={_app.Urls.Single()}/",
        };

        public string Everything => string.Concat(_taken);

        public static async Task<Insights> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add("http://127.0.0.1:0");
            var insights = new Insights(app);
            app.MapFallback(insights.TakeAsync);
            await app.StartAsync();
            return insights;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            var isZipped = context.Request.Headers.ContentEncoding == "gzip";
            using var reader = new StreamReader(
                isZipped ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body);
            var body = await reader.ReadToEndAsync();
            _taken.Enqueue(body);
            var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
            await context.Response.WriteAsJsonAsync(new { itemsReceived = lines, itemsAccepted = lines, errors = Array.Empty<string>() });
        }
    }
}
