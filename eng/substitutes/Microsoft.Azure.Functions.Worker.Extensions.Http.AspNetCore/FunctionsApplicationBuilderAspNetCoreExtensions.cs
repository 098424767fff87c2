namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Lets HTTP functions take ASP.NET Core's request and return its results.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => builder;
}
