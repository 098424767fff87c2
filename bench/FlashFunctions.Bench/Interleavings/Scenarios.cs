namespace FlashFunctions.Bench.Interleavings;

/// <summary>What is done to a number at the same time.</summary>
internal static class Scenarios
{
    /// <summary>Small ones, of which every order is run, with a cool-down between calls or without.</summary>
    public static IReadOnlyList<(string Name, bool IsCooled, Action<World> Begin)> Small { get; } =
    [
        ("two verifications of a number at once", true, world =>
        {
            world.Verify();
            world.Verify();
        }),
        ("two verifications of a number at once, without a cool-down", false, world =>
        {
            world.Verify();
            world.Verify();
        }),
        ("two verifications of a number at once, with the same idempotency key", true, world =>
        {
            world.Verify("same");
            world.Verify("same");
        }),
        ("three verifications of a number at once, without a cool-down", false, world =>
        {
            world.KeepJobs();
            world.Verify();
            world.Verify();
            world.Verify();
        }),
        ("a verification supersedes one whose code is checked", false, world =>
        {
            world.Start();
            world.Check(isRight: true);
            world.Verify();
        }),
        ("a job that comes twice", true, world =>
        {
            world.StartWithoutWorkers();
            world.DeliverKept();
            world.DeliverKept();
        }),
        ("a job that comes three times", true, world =>
        {
            world.StartWithoutWorkers();
            world.DeliverKept();
            world.DeliverKept();
            world.DeliverKept();
        }),
        ("a right code twice", true, world =>
        {
            world.Start();
            world.Check(isRight: true);
            world.Check(isRight: true);
        }),
        ("three wrong codes and the right one", true, world =>
        {
            world.Start();
            world.CheckNow(isRight: false);
            world.CheckNow(isRight: false);
            world.Check(isRight: false);
            world.Check(isRight: true);
        }),
        ("a right code, a cancellation and the next step", false, world =>
        {
            world.Start();
            world.Check(isRight: true);
            world.Cancel();
        }),
        ("the next step twice", false, world =>
        {
            world.Start();
            world.Next();
            world.Next();
        }),
    ];

    /// <summary>Some verifications, checks, cancellations and jobs that come twice, while the clock goes on.</summary>
    public static void Large(World world, Dice dice)
    {
        world.Doubles = () => dice.Percent(25);
        world.Then = id =>
        {
            for (var guess = dice.Below(5); guess > 0; guess--)
            {
                world.Check(id, isRight: dice.Percent(35));
            }

            if (dice.Percent(25))
            {
                world.Cancel(id);
            }

            if (dice.Percent(40))
            {
                world.Next(id);
            }
        };
        var key = dice.Percent(30) ? "same" : null;
        for (var call = dice.From(1, 4); call > 0; call--)
        {
            world.Verify(key);
        }

        for (var pause = dice.Below(3); pause > 0; pause--)
        {
            world.Pass(TimeSpan.FromSeconds(31));
        }
    }
}
