using System.Reflection;
using FlashFunctions.Core;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Tests.Infra;

/// <summary>The infrastructure names tables, queues, functions and messages as the code does.</summary>
public sealed class InfrastructureTests
{
    private static readonly string[] OfTheHost = ["Message has reached MaxDequeueCount"];

    [Fact]
    public async Task Every_table_and_queue_is_made_and_a_poison_queue_for_each()
    {
        var facts = await BicepFacts.ReadAsync();
        Assert.Equal(TableNames.All.Order(StringComparer.Ordinal), facts.Tables.Order(StringComparer.Ordinal));
        Assert.Equal(QueueNames.All.Order(StringComparer.Ordinal), facts.Queues.Order(StringComparer.Ordinal));
        Assert.Equal(["", QueueNames.PoisonSuffix], facts.QueueSuffixes);
    }

    [Fact]
    public async Task Alerts_search_for_what_is_logged()
    {
        var facts = await BicepFacts.ReadAsync();
        var messages = new[] { typeof(ServiceOptions).Assembly, typeof(ServiceRegistration).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.Message)
            .OfType<string>()
            .Concat(OfTheHost)
            .ToArray();
        Assert.NotEmpty(facts.AlertPhrases);
        Assert.All(facts.AlertPhrases, phrase => Assert.Contains(messages, message => message.Contains(phrase, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Alerts_and_always_ready_instances_name_functions_that_exist()
    {
        var facts = await BicepFacts.ReadAsync();
        var functions = typeof(ServiceRegistration).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.CustomAttributes)
            .Where(attribute => attribute.AttributeType.Name is "FunctionAttribute")
            .Select(attribute => (string)attribute.ConstructorArguments[0].Value!)
            .ToArray();
        Assert.NotEmpty(facts.FunctionsNamed);
        Assert.All(facts.FunctionsNamed, name => Assert.Contains(name, functions));
    }

    [Fact]
    public async Task A_parameter_file_can_write_every_secret_that_the_settings_read()
    {
        var facts = await BicepFacts.ReadAsync();
        Assert.Equal(2, facts.Secrets.Written.Count);
        Assert.All(facts.Secrets.Written.Values, written => Assert.Equal(
            facts.Secrets.Read.Select(name => name.Replace("*", "k1", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            written.Order(StringComparer.Ordinal)));
    }
}
