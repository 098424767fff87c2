using System.Reflection;
using FlashFunctions.LocalHost.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace FlashFunctions.Tests.LocalHost;

public sealed class FunctionCatalogTests
{
    [Theory]
    [InlineData(typeof(NoTrigger<int>), "Function Bad: it has 0 triggers and must have one.")]
    [InlineData(typeof(UnknownParameter<int>), "Function Bad: the local host has nothing for the parameter String name.")]
    [InlineData(typeof(Unconstrained<int>), "Function Bad: its route must say {n:int}, or bad values end as 500.")]
    [InlineData(
        typeof(WrongResult<int>), "Function Bad: the local host cannot answer with String, only with IResult, Task, ValueTask or nothing.")]
    [InlineData(typeof(WrongSchedule<int>), "Function Bad: “every minute” is not a schedule.")]
    [InlineData(typeof(MissingSetting<int>), "Function Bad: the setting %No:Such% is missing.")]
    [InlineData(typeof(Twice<int>), "Two functions are called Bad.")]
    [InlineData(typeof(SameQueue<int>), "Two functions read the queue jobs.")]
    public void A_function_that_cannot_be_run_is_refused_with_the_reason(Type functions, string reason)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => new FunctionCatalog([functions], new ConfigurationManager(), ""));

        Assert.Equal(reason, refusal.Message);
    }

    [Fact]
    public void Every_function_of_the_function_app_can_be_run()
    {
        var catalog = new FunctionCatalog(Assembly.Load("FlashFunctions").GetTypes(), new ConfigurationManager(), "");

        Assert.All([catalog.Http.Count, catalog.Queues.Count, catalog.Timers.Count], count => Assert.NotEqual(0, count));
    }

    // Generic, so that a scan of this assembly passes them over.
    private static class NoTrigger<T>
    {
        [Function("Bad")]
        public static void Run(string message) => _ = message;
    }

    private static class UnknownParameter<T>
    {
        [Function("Bad")]
        public static void Run([HttpTrigger] HttpRequest request, string name) => _ = (request, name);
    }

    private static class Unconstrained<T>
    {
        [Function("Bad")]
        public static void Run([HttpTrigger(Route = "items/{n}")] HttpRequest request, int n) => _ = (request, n);
    }

    private static class WrongResult<T>
    {
        [Function("Bad")]
        public static string Run([HttpTrigger] HttpRequest request) => request.Path;
    }

    private static class WrongSchedule<T>
    {
        [Function("Bad")]
        public static void Run([TimerTrigger("every minute")] TimerInfo timer) => _ = timer;
    }

    private static class MissingSetting<T>
    {
        [Function("Bad")]
        public static void Run([QueueTrigger("%No:Such%")] string message) => _ = message;
    }

    private static class Twice<T>
    {
        [Function("Bad")]
        public static void Run([QueueTrigger("one")] string message) => _ = message;

        [Function("bad")]
        public static void RunAgain([QueueTrigger("two")] string message) => _ = message;
    }

    private static class SameQueue<T>
    {
        [Function("One")]
        public static void Run([QueueTrigger("jobs")] string message) => _ = message;

        [Function("Two")]
        public static void RunAgain([QueueTrigger("jobs")] string message) => _ = message;
    }
}
