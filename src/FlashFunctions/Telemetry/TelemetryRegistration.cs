using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using FlashFunctions.Core.Telemetry;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FlashFunctions.Telemetry;

/// <summary>
/// Export of traces, measurements and logs: to Application Insights where its connection string is set, by OTLP where an endpoint is, to
/// both where both are. The host exports its own with host.json's telemetryMode, by the same settings.
/// </summary>
internal static class TelemetryRegistration
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Disabled = "OTEL_SDK_DISABLED";
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string SiteName = "WEBSITE_SITE_NAME";
    private const string ServiceName = "FlashFunctions";

    /// <summary>Exports where a setting says where to. Protocol, headers, sampler and the rest are the exporters' own variables.</summary>
    public static IHostApplicationBuilder AddTelemetry(this IHostApplicationBuilder builder)
    {
        // At lower levels they log the URLs of calls, and a webhook's URL contains its token.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);

        var settings = builder.Configuration;
        var (toAzure, byOtlp) = (IsSet(settings, ConnectionString), IsSet(settings, Endpoint));
        if ((!toAzure && !byOtlp) || "true".Equals(settings[Disabled], StringComparison.OrdinalIgnoreCase))
        {
            return builder;
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.Clear())
            .UseFunctionsWorkerDefaults()
            .ConfigureResource(resource =>
                resource.AddService(settings[SiteName] ?? ServiceName).AddTelemetrySdk().AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing.AddSource(Core.Telemetry.Trace.SourceName))
            .WithMetrics(metrics => metrics.AddMeter(Meters.Name))
            .WithLogging(configureBuilder: null, options => options.IncludeFormattedMessage = true);
        if (toAzure)
        {
            telemetry.UseAzureMonitorExporter(azure => Configure(azure, settings));
        }

        if (byOtlp)
        {
            telemetry.UseOtlpExporter();
        }

        return builder;
    }

    private static void Configure(AzureMonitorExporterOptions azure, IConfiguration settings)
    {
        azure.ConnectionString = settings[ConnectionString];
        azure.Credential = CredentialOf(settings[Authentication]);

        // Traces are sampled (OTEL_TRACES_SAMPLER); an error must not be lost because its trace was not kept.
        azure.EnableTraceBasedLogsSampler = false;
    }

    // “Authorization=AAD” or “Authorization=AAD;ClientId=…”, as the host reads it.
    private static ManagedIdentityCredential? CredentialOf(string? authentication)
    {
        var parts = (authentication ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToDictionary(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        if (!parts.TryGetValue("Authorization", out var kind) || !kind.Equals("AAD", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new ManagedIdentityCredential(
            parts.TryGetValue("ClientId", out var id) ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);
    }

    private static bool IsSet(IConfiguration settings, string name) => !string.IsNullOrWhiteSpace(settings[name]);
}
