using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FlashFunctions.Telemetry;

/// <summary>Export of traces, measurements and logs by OTLP, as the environment variables of OpenTelemetry say.</summary>
internal static class TelemetryRegistration
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Disabled = "OTEL_SDK_DISABLED";

    /// <summary>Exports where OTEL_EXPORTER_OTLP_ENDPOINT is set; without it nothing is registered. Protocol, headers and the rest are the exporter's own variables.</summary>
    public static IHostApplicationBuilder AddTelemetry(this IHostApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        if (string.IsNullOrWhiteSpace(settings[Endpoint]) || "true".Equals(settings[Disabled], StringComparison.OrdinalIgnoreCase))
        {
            return builder;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.Clear().AddService("FlashFunctions").AddTelemetrySdk().AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing.AddSource(Core.Telemetry.Trace.SourceName))
            .WithMetrics(metrics => metrics.AddMeter(Meters.Name))
            .WithLogging(configureBuilder: null, options => options.IncludeFormattedMessage = true)
            .UseOtlpExporter();

        // Their lines at lower levels name the addresses of calls, and a webhook's address holds its token.
        builder.Logging
            .AddFilter<OpenTelemetryLoggerProvider>("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter<OpenTelemetryLoggerProvider>("System.Net.Http", LogLevel.Warning);
        return builder;
    }
}
