using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Idempotency;

internal static class IdempotencyRegistration
{
    public static IServiceCollection AddIdempotency(this IServiceCollection services) => services.AddSingleton<IdempotencyKeys>();
}
