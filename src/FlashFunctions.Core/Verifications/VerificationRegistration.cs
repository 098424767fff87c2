using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Verifications;

internal static class VerificationRegistration
{
    public static IServiceCollection AddVerifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<VerificationOptions>()
            .Bind(configuration.GetSection(VerificationOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TestNumberOptions>()
            .Configure(options => configuration.GetSection(TestNumberOptions.Section).Bind(options.Items)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TestNumberOptions>, TestNumberOptionsCheck>();
        services.AddHostedService<TestNumberNotice>();
        return services
            .AddSingleton<TestNumbers>()
            .AddSingleton<Codes>()
            .AddSingleton<StepTexts>()
            .AddSingleton<DelegatedCodes>()
            .AddSingleton<VerifyInput>()
            .AddSingleton<VerifyUseCase>()
            .AddSingleton<CheckUseCase>()
            .AddSingleton<NextUseCase>()
            .AddSingleton<CancelUseCase>();
    }
}
