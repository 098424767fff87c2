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

    private static IServiceCollection AddNumbers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NumberOptions>().Bind(configuration.GetSection(NumberOptions.Section)).ValidateOnStart();
        return services
            .AddSingleton(NumberPlan.Instance)
            .AddSingleton<NumberInput>()
            .AddHostedService<NumberPlanWarmUp>();
    }

    private static IServiceCollection AddSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDevelopmentMode(configuration);
        services
            .AddOptions<ServiceOptions>()
            .Bind(configuration.GetSection(ServiceOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ServiceOptions>>(new UnresolvedReferencesCheck(configuration));
        services.AddSingleton<IValidateOptions<ServiceOptions>, ServiceOptionsCheck>();
        services.AddOptions<SecurityOptions>()
            .Bind(configuration.GetSection(SecurityOptions.Section))
            .PostConfigure<DevelopmentMode>(DevelopmentKeys.FillIn)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsCheck>();
        return services
            .AddSingleton<SecurityLog>()
            .AddSingleton<ServiceKey>()
            .AddSingleton<SealedText>()
            .AddSingleton<CodeKeys>();
    }

    private static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DevelopmentAccountOptions>().Bind(
            configuration.GetSection(DevelopmentAccountOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DevelopmentAccountOptions>, DevelopmentAccountOptionsCheck>();
        services.AddOptions<PriceOptions>()
            .Configure(options => configuration.GetSection(PriceOptions.Section).Bind(options.Items)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PriceOptions>, PriceOptionsCheck>();
        return services
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
        services.AddOptions<SweepOptions>()
            .Bind(configuration.GetSection(SweepOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<VerificationOptions>()
            .Bind(configuration.GetSection(VerificationOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TestNumberOptions>()
            .Configure(options => configuration.GetSection(TestNumberOptions.Section).Bind(options.Items)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TestNumberOptions>, TestNumberOptionsCheck>();
        services.AddHostedService<TestNumberNotice>();
        return services
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

    private static IServiceCollection AddLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<GuardOptions>()
            .Bind(configuration.GetSection(GuardOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddOptions<FraudOptions>()
            .Bind(configuration.GetSection(FraudOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddOptions<SpendOptions>()
            .Bind(configuration.GetSection(SpendOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        return services
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
    }

    private static IServiceCollection AddCallbacks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CallbackOptions>().Bind(configuration.GetSection(CallbackOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CallbackOptions>, CallbackOptionsCheck>();
        services.TryAddSingleton<HostResolver>((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        return services
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

    private static IServiceCollection AddWorkflows(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkflowOptions>().Bind(configuration.GetSection(WorkflowOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkflowOptions>, WorkflowOptionsCheck>();
        return services
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
    }

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
