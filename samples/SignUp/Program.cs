using SignUp;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["SignUp:Address"] ?? "http://localhost:5080");
builder.Services.AddOptions<FlashFunctionsOptions>()
    .Bind(builder.Configuration.GetSection(FlashFunctionsOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddHttpClient<FlashFunctionsClient>();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<SignUpSessions>();

var app = builder.Build();
app.Use(async (context, next) =>
{
    context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    context.Response.Headers.XContentTypeOptions = "nosniff";
    context.Response.Headers["Referrer-Policy"] = "no-referrer";
    await next();
});
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapSignUp();
app.MapCallbacks();
app.Run();
