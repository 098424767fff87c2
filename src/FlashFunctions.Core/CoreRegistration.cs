using System.Net;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Insight;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core;

/// <summary>Registers Core, room by room from the bottom up. The storage ports and the configuration come from the host.</summary>
public static class CoreRegistration
{
    /// <summary>Adds everything but the storage ports.</summary>
    public static IServiceCollection AddCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddNumbers(configuration)
            .AddSecurity(configuration)
            .AddStatistics()
            .AddAccounts(configuration)
            .AddProviders(configuration)
            .AddRequests(configuration)
            .AddLimits(configuration)
            .AddCallbacks(configuration)
            .AddWorkflows(configuration)
            .AddUseCases()
            .AddOperations();
    }

    /// <summary>Adds <see cref="DevelopmentMode"/>, for whatever checks settings.</summary>
    public static IServiceCollection AddDevelopmentMode(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(provider => new DevelopmentMode(provider.GetRequiredService<IHostEnvironment>(), configuration));
        return services;
    }

    /// <summary>Binds settings that start-up checks by their attributes.</summary>
    private static IServiceCollection AddSettings<TOptions>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }

    /// <summary>The same, checked by <typeparamref name="TCheck"/> too.</summary>
    internal static IServiceCollection AddSettings<TOptions, TCheck>(
        this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
        where TCheck : class, IValidateOptions<TOptions> => services
        .AddSettings<TOptions>(configuration, section)
        .AddSingleton<IValidateOptions<TOptions>, TCheck>();

    /// <summary>
    /// Reads a list of settings, entry by entry: of a whole list the binder would silently leave out what it cannot read.
    /// </summary>
    /// <exception cref="InvalidOperationException">A value cannot be read; the message names its setting.</exception>
    private static void Read<T>(IConfiguration section, IList<T> entries)
        where T : class, new()
    {
        foreach (var child in section.GetChildren())
        {
            var entry = new T();
            child.Bind(entry);
            entries.Add(entry);
        }
    }

    private static IServiceCollection AddNumbers(this IServiceCollection services, IConfiguration configuration) => services
        .AddSettings<NumberOptions>(configuration, NumberOptions.Section)
        .AddSingleton(NumberPlan.Instance)
        .AddSingleton<NumberInput>()
        .AddHostedService<NumberPlanWarmUp>();

    private static IServiceCollection AddSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SecurityOptions>()
            .Bind(configuration.GetSection(SecurityOptions.Section))
            .PostConfigure<DevelopmentMode>(DevelopmentKeys.FillIn)
            .ValidateOnStart();
        return services
            .AddDevelopmentMode(configuration)
            .AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsCheck>()
            .AddSettings<ServiceOptions>(configuration, ServiceOptions.Section)
            .AddSingleton<IValidateOptions<ServiceOptions>>(new UnresolvedReferencesCheck(configuration))
            .AddSingleton<IValidateOptions<ServiceOptions>, ServiceOptionsCheck>()
            .AddSingleton<SecurityLog>()
            .AddSingleton<ServiceKey>()
            .AddSingleton<SealedText>()
            .AddSingleton<CodeKeys>();
    }

    private static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PriceOptions>()
            .Configure(options => Read(configuration.GetSection(PriceOptions.Section), options.Items)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<PriceOptions>, PriceOptionsCheck>()
            .AddSettings<DevelopmentAccountOptions, DevelopmentAccountOptionsCheck>(configuration, DevelopmentAccountOptions.Section)
            .AddSingleton<DevelopmentAccount>()
            .AddSingleton<AccountStore>()
            .AddSingleton<TokenStore>()
            .AddSingleton<OwnedNumbers>()
            .AddSingleton<RateLimits>()
            .AddSingleton<PriceTable>()
            .AddSingleton<AccountDirectory>();
    }

    private static IServiceCollection AddStatistics(this IServiceCollection services) => services
        .AddSingleton<StatisticsStore>()
        .AddSingleton<RouteHistory>()
        .AddSingleton<ConversionSummaries>();

    private static IServiceCollection AddRequests(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TestNumberOptions>()
            .Configure(options => Read(configuration.GetSection(TestNumberOptions.Section), options.Items)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<TestNumberOptions>, TestNumberOptionsCheck>()
            .AddSettings<SweepOptions>(configuration, SweepOptions.Section)
            .AddSettings<VerificationOptions>(configuration, VerificationOptions.Section)
            .AddHostedService<TestNumberNotice>()
            .AddSingleton<KeptTexts>()
            .AddSingleton<RequestStore>()
            .AddSingleton<RequestIndex>()
            .AddSingleton<RequestChanges>()
            .AddSingleton<TestNumbers>()
            .AddSingleton<Codes>()
            .AddSingleton<StepTexts>()
            .AddSingleton<StepQueue>()
            .AddSingleton<ReadUseCase>();
    }

    private static IServiceCollection AddLimits(this IServiceCollection services, IConfiguration configuration) => services
        .AddSettings<GuardOptions>(configuration, GuardOptions.Section)
        .AddSettings<FraudOptions>(configuration, FraudOptions.Section)
        .AddSettings<SpendOptions>(configuration, SpendOptions.Section)
        .AddSingleton<IdempotencyKeys>()
        .AddSingleton<NumberGuard>()
        .AddSingleton<FraudLists>()
        .AddSingleton<FraudBlocks>()
        .AddSingleton<FraudCounters>()
        .AddHostedService(provider => provider.GetRequiredService<FraudCounters>())
        .AddSingleton<FraudDecisions>()
        .AddHostedService(provider => provider.GetRequiredService<FraudDecisions>())
        .AddSingleton<FraudGuard>()
        .AddSingleton<UpstreamFraudCheck>()
        .AddSingleton<StepPrices>()
        .AddSingleton<SpendMeter>()
        .AddSingleton<SpendGate>();

    private static IServiceCollection AddCallbacks(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<HostResolver>((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        return services
            .AddSettings<CallbackOptions, CallbackOptionsCheck>(configuration, CallbackOptions.Section)
            .AddSingleton<AddressGuard>()
            .AddSingleton<DeadLetters>()
            .AddSingleton<FailingReceivers>()
            .AddSingleton<CallbackQueue>()
            .AddSingleton<CallbackSender>()
            .AddSingleton<SendSlots>()
            .AddSingleton<CallbackDelivery>()
            .AddSingleton<RequestCallbacks>()
            .AddSingleton<InboundStore>()
            .AddSingleton<InboundSmsIntake>()
            .AddSingleton<InboundForwarder>()
            .AddSingleton<CallbackJobs>();
    }

    private static IServiceCollection AddWorkflows(this IServiceCollection services, IConfiguration configuration) => services
        .AddSettings<WorkflowOptions, WorkflowOptionsCheck>(configuration, WorkflowOptions.Section)
        .AddSingleton<RequestSideEffects>()
        .AddSingleton<IRequestSideEffects>(provider => provider.GetRequiredService<RequestSideEffects>())
        .AddSingleton<WebhookReferences>()
        .AddSingleton<WebhookIntake>()
        .AddSingleton<ReportQueue>()
        .AddSingleton<OutcomeReporter>()
        .AddSingleton<PriceCeiling>()
        .AddSingleton<StepCandidates>()
        .AddSingleton<LearnedRouting>()
        .AddSingleton<PlacementFactory>()
        .AddSingleton<SendPermission>()
        .AddSingleton<StepReservations>()
        .AddSingleton<StepRunner>()
        .AddSingleton<TestReports>()
        .AddSingleton<StepDispatcher>()
        .AddSingleton<AdmissionChecks>()
        .AddSingleton<RequestAcceptor>()
        .AddSingleton<NextSteps>()
        .AddSingleton<PoisonUseCase>()
        .AddSingleton<WorkflowDefaults>()
        .AddSingleton<WorkflowInput>()
        .AddSingleton<CallInput>();

    private static IServiceCollection AddUseCases(this IServiceCollection services) => services
        .AddSingleton<DelegatedCodes>()
        .AddSingleton<VerifyInput>()
        .AddSingleton<VerifyUseCase>()
        .AddSingleton<CheckUseCase>()
        .AddSingleton<NextUseCase>()
        .AddSingleton<CancelUseCase>()
        .AddSingleton<GoalUseCase>()
        .AddSingleton<FlashCallInput>()
        .AddSingleton<FlashCallUseCase>()
        .AddSingleton<FlashCallsUnderWay>()
        .AddHostedService(provider => provider.GetRequiredService<FlashCallsUnderWay>())
        .AddSingleton<MessageInput>()
        .AddSingleton<FlowInput>()
        .AddSingleton<MessageUseCase>()
        .AddSingleton<InsightUseCase>();

    private static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<Watermarks>()
        .AddSingleton<SweepRunner>()
        .AddSingleton<StatisticsUpkeep>()
        .AddSingleton<RouteWatch>()
        .AddSingleton<ConversionUseCase>()
        .AddSingleton<DueRequests>()
        .AddSingleton<StalledRequests>()
        .AddSingleton<Purge>()
        .AddSingleton<OldTexts>()
        .AddSingleton<SweepUseCase>()
        .AddSingleton<HealthUseCase>()
        .AddSingleton<QueueAges>()
        .AddSingleton<WebhookSilence>()
        .AddSingleton<RoutesUseCase>()
        .AddSingleton<FraudAdministration>()
        .AddSingleton<FraudPreviewUseCase>()
        .AddSingleton<TestNumberAdministration>()
        .AddSingleton<SearchUseCase>()
        .AddSingleton<TimelineUseCase>()
        .AddSingleton<OverviewUseCase>()
        .AddSingleton<AccountInput>()
        .AddSingleton<AccountAdministration>()
        .AddSingleton<TokenAdministration>()
        .AddSingleton<StopAccountUseCase>()
        .AddSingleton<EraseUseCase>()
        .AddSingleton<ExportUseCase>();
}
