using System.Text.RegularExpressions;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using FlashFunctions.Core;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace FlashFunctions.Tests.Architecture;

/// <summary>
/// The rules of docs/architecture.md that the compiler does not hold. They read the built assembly, bodies of methods too, but not
/// constants, which the compiler has copied.
/// </summary>
public sealed class ArchitectureTests
{
    private const string Core = "FlashFunctions.Core";

    private static readonly ArchUnitNET.Domain.Architecture Built =
        new ArchLoader().LoadAssemblies(typeof(CoreRegistration).Assembly, typeof(ServiceRegistration).Assembly).Build();

    /// <summary>From the top down. A room uses those on the lines below its own.</summary>
    private static readonly string[][] Floors =
    [
        ["Operations"],
        ["Verifications", "Messages", "Insight"],
        ["Workflows"],
        ["Callbacks"],
        ["Limits"],
        ["Requests"],
        ["Providers"],
        ["Accounts"],
        ["Input"],
        ["Statistics"],
        ["Storage"],
        ["Security"],
        ["Telemetry"],
        ["Texts", "Numbers"],
        ["Primitives"],
    ];

    private static readonly string[] Providers = ["Bird", "Lanck", "Revicom", "Unibell"];

    public static TheoryData<string> EveryRoom => [.. Floors.SelectMany(floor => floor)];

    public static TheoryData<string> EveryProvider => [.. Providers];

    [Theory]
    [MemberData(nameof(EveryRoom))]
    public void ARoomUsesOnlyRoomsBelowIt(string room)
    {
        var floor = Array.FindIndex(Floors, rooms => rooms.Contains(room));
        var notBelow = Floors.Take(floor + 1).SelectMany(rooms => rooms).Where(other => other != room).ToList();
        if (notBelow.Count > 0)
        {
            Hold(Types().That().Are(In($"{Core}.{room}")).Should().NotDependOnAny(In([.. notBelow.Select(other => $"{Core}.{other}")])));
        }
    }

    [Fact]
    public void EveryTypeOfCoreIsInARoom()
    {
        var rooms = Floors.SelectMany(floor => floor).Select(room => $"{Core}.{room}").ToArray();
        Hold(Types().That().Are(In(Core)).And().AreNot(typeof(CoreRegistration)).Should().Be(In(rooms)));
    }

    [Fact]
    public void CoreKnowsNeitherFunctionsNorAzure() =>
        Hold(Types().That().Are(In(Core)).Should().NotDependOnAny(In("Azure", "Microsoft.Azure")));

    /// <summary>Its client and its wire records above all.</summary>
    [Theory]
    [MemberData(nameof(EveryProvider))]
    public void OnlyAProvidersFolderUsesItsTypes(string provider)
    {
        var folder = In($"{Core}.Providers.{provider}");
        Hold(
            Types()
                .That()
                .AreNot(folder)
                .And()
                .AreNot(typeof(ProviderRegistration))
                .Should()
                .NotDependOnAny(folder));
    }

    [Fact]
    public void OnlyTableKeysBuildsKeys() =>
        Hold(Types().That().AreNot(typeof(TableKeys)).And().AreNot(typeof(TableKey)).Should().NotCallAny(
            MethodMembers().That().AreConstructors().And().AreDeclaredIn(typeof(TableKey))));

    /// <summary>The types of namespaces and of those within them.</summary>
    private static GivenTypesConjunction In(params string[] namespaces) =>
        Types(includeReferenced: true).That().ResideInNamespaceMatching($@"^({string.Join('|', namespaces.Select(Regex.Escape))})(\.|$)");

    private static void Hold(TypesShouldConjunction rule)
    {
        var broken = rule.Evaluate(Built)
            .Where(result => !result.Passed)
            .Select(result => result.Description)
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.True(broken.Count == 0, string.Join(Environment.NewLine, broken));
    }
}
