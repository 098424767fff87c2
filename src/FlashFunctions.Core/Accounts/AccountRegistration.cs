using FlashFunctions.Core.Accounts.Administration;
using FlashFunctions.Core.Accounts.Spend;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Accounts;

internal static class AccountRegistration
{
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DevelopmentAccountOptions>().Bind(configuration.GetSection(DevelopmentAccountOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DevelopmentAccountOptions>, DevelopmentAccountOptionsCheck>();
        services.AddOptions<PriceOptions>()
            .Configure(options => configuration.GetSection(PriceOptions.Section).Bind(options.Items)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PriceOptions>, PriceOptionsCheck>();
        services.AddOptions<SpendOptions>().Bind(configuration.GetSection(SpendOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<DevelopmentAccount>()
            .AddSingleton<AccountStore>()
            .AddSingleton<TokenStore>()
            .AddSingleton<OwnedNumbers>()
            .AddSingleton<RateLimits>()
            .AddSingleton<PriceTable>()
            .AddSingleton<StepPrices>()
            .AddSingleton<SpendMeter>()
            .AddSingleton<SpendGate>()
            .AddSingleton<AccountDirectory>()
            .AddSingleton<AccountInput>()
            .AddSingleton<AccountAdministration>()
            .AddSingleton<TokenAdministration>();
    }
}
