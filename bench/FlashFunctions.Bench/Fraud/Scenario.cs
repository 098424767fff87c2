using System.Globalization;

namespace FlashFunctions.Bench.Fraud;

/// <summary>Someone asks for a verification.</summary>
/// <param name="At">When, from the beginning of the day.</param>
/// <param name="Country">The number's country.</param>
/// <param name="Number">In E.164 syntax.</param>
/// <param name="IsAttack">Whether an attacker asks.</param>
/// <param name="Ip">The address that the backend passes on.</param>
/// <param name="Device">The device that it passes on.</param>
/// <param name="Verifies">How long after that the right code comes; null: never.</param>
/// <param name="WrongCodes">How many wrong codes come before that.</param>
/// <param name="IsTrusted">Whether the backend knows who asks.</param>
internal sealed record Arrival(
    TimeSpan At,
    Country Country,
    string Number,
    bool IsAttack,
    string? Ip = null,
    string? Device = null,
    TimeSpan? Verifies = null,
    int WrongCodes = 0,
    bool IsTrusted = false);

/// <summary>A country with its traffic: the share of it in all, and of the sends that are verified.</summary>
/// <param name="Name">ISO 3166-1 alpha-2.</param>
/// <param name="Operators">The beginnings of its numbers, with how many digits follow.</param>
/// <param name="Digits">How many.</param>
/// <param name="Share">Of all honest requests.</param>
/// <param name="Conversion">Of its sends.</param>
internal sealed record Country(string Name, string[] Operators, int Digits, double Share, double Conversion)
{
    public static Country Estonia { get; } = new("EE", ["+37251", "+37252", "+37253", "+37255", "+37256", "+37258"], 6, 0.399, 0.85);

    public static Country Germany { get; } = new("DE", ["+49151", "+49160", "+49170", "+49171", "+49172", "+49175", "+49176"], 8, 0.3, 0.7);

    public static Country Brazil { get; } = new("BR", ["+551199", "+552199", "+553199", "+554199"], 7, 0.2, 0.5);

    public static Country Nigeria { get; } = new("NG", ["+234803", "+234805", "+234806", "+234810"], 7, 0.1, 0.3);

    /// <summary>Where the account has hardly a customer, and a message costs most.</summary>
    public static Country Tajikistan { get; } = new("TJ", ["+99290", "+99291", "+99292", "+99293", "+99298"], 7, 0.001, 0.5);

    public static IReadOnlyList<Country> All { get; } = [Estonia, Germany, Brazil, Nigeria, Tajikistan];

    public string NumberOf(Dice random, string? begins = null) =>
        WithTail(begins ?? Operators[random.Next(Operators.Length)], random.Next((int)Math.Pow(10, Digits)));

    public string WithTail(string begins, long tail) => begins + tail.ToString($"D{Digits}", CultureInfo.InvariantCulture);
}

/// <summary>A day of honest traffic, and what else happens on it. The account has had such days before, unless it is new.</summary>
/// <param name="Name">What happens.</param>
internal sealed record Scenario(string Name)
{
    /// <summary>Honest requests a day, before repeats.</summary>
    public const int HonestADay = 3_000;

    private static readonly TimeSpan Begin = TimeSpan.FromHours(10);

    /// <summary>The share of attack sends that has to be stopped by all rules together.</summary>
    public double LeastStopped { get; private init; }

    /// <summary>The most that may be paid before they stop anything.</summary>
    public int MostPaidBefore { get; private init; } = int.MaxValue;

    /// <summary>Whether the goal for honest requests is held to; where it is not, the table says where the rules fail.</summary>
    public bool IsGoal { get; private init; } = true;

    /// <summary>Whether the account has no history.</summary>
    public bool IsNewAccount { get; private init; }

    private Func<Dice, IEnumerable<Arrival>> Attack { get; init; } = _ => [];

    private Func<Dice, IEnumerable<Arrival>> Honest { get; init; } = random => Traffic(random);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("an ordinary day"),
        new("an ordinary day of a new account") { IsNewAccount = true },
        new("a campaign: twenty times the traffic for an hour")
        {
            Honest = random => Traffic(random).Concat(
                Traffic(random, count: HonestADay / 24 * 19, from: Begin, to: Begin + TimeSpan.FromHours(1))),
        },
        new("a bad operator: a sixth of Estonia converts half as well for six hours")
        {
            Honest = random => Traffic(random, bad: "+37253", factor: 0.5),
        },
        new("a dead operator: a sixth of Estonia hardly converts for six hours")
        {
            Honest = random => Traffic(random, bad: "+37253", factor: 0.05),
            IsGoal = false,
        },
        new("naive pumping: 2,000 numbers in a row, one every 2 s, one address")
        {
            LeastStopped = 0.95,
            MostPaidBefore = 50,
            Attack = _ => Each(2_000, 2, (index, at) =>
                new Arrival(at, Country.Tajikistan, Country.Tajikistan.WithTail("+99292", 4_100_000 + index), true, "203.0.113.7")),
        },
        new("slow pumping: a number in a row every 3 minutes, an address each")
        {
            LeastStopped = 0.7,
            Attack = random => Each(280, 180, (index, at) =>
                new Arrival(at, Country.Tajikistan, Country.Tajikistan.WithTail("+99293", 5_200_000 + (2 * index)), true, Address(random)),
                TimeSpan.FromHours(8)),
        },
        new("spread pumping: 3,000 numbers over 300 prefixes and 500 addresses in 4 hours")
        {
            LeastStopped = 0.7,
            Attack = random => Spread(random, Country.Tajikistan, 3_000, 4.8, converts: 0),
        },
        new("the same in Germany, where 30 % of the customers are")
        {
            LeastStopped = 0.7,
            IsGoal = false,
            Attack = random => Spread(random, Country.Germany, 3_000, 4.8, converts: 0),
        },
        new("spread pumping by one who enters 40 % of the codes")
        {
            IsGoal = false,
            Attack = random => Spread(random, Country.Tajikistan, 3_000, 4.8, converts: 0.4),
        },
        new("spraying: 5 wrong codes at each of 2,000 numbers from 10 addresses")
        {
            LeastStopped = 0.7,
            IsGoal = false,
            Attack = random => Each(2_000, 5, (index, at) => new Arrival(
                at, Country.Germany, Country.Germany.NumberOf(random), true, $"198.51.{100 + (index % 10)}.9", WrongCodes: 5)),
        },
        new("a leaked token: 4,000 random numbers of four countries, 2 a second, no address")
        {
            IsGoal = false,
            Attack = random => Each(4_000, 0.5, (_, at) => Country.All[random.Next(4)] is var country
                ? new Arrival(at, country, country.NumberOf(random), true)
                : null!),
        },
        new("one device that collects numbers of three operators")
        {
            LeastStopped = 0.7,
            Attack = random => Each(200, 60, (_, at) =>
                new Arrival(at, Country.Estonia, Country.Estonia.NumberOf(random), true, Address(random), "farm")),
        },
        new("an owner under attack: a stranger asks for their number and guesses, the owner signs in as a known person")
        {
            Attack = random => Each(300, 60, (index, at) =>
                new Arrival(at, Country.Estonia, "+37255123456", true, Address(random), WrongCodes: 1)),
            Honest = random => Traffic(random).Concat(Each(8, 2_500, (_, at) => new Arrival(
                at, Country.Estonia, "+37255123456", false, "192.0.2.44", "the owner's", TimeSpan.FromSeconds(12), IsTrusted: true))),
        },
    ];

    /// <summary>Everything that happens, in no order.</summary>
    public IEnumerable<Arrival> Arrivals(Dice random) => Honest(random).Concat(Attack(random));

    /// <summary>
    /// Honest traffic: by country and operator as usual, half of it from carriers' shared addresses; one in twenty-five mistypes a code,
    /// and one in four of those who fail tries again.
    /// </summary>
    private static IEnumerable<Arrival> Traffic(
        Dice random, int count = HonestADay, TimeSpan? from = null, TimeSpan? to = null, string? bad = null, double factor = 1)
    {
        var (first, last) = (from ?? TimeSpan.Zero, to ?? TimeSpan.FromDays(1));
        for (var person = 0; person < count; person++)
        {
            var country = Of(random);
            var at = first + ((last - first) * (from is null ? TimeOfDay(random) : random.NextDouble()));
            var number = country.NumberOf(random);
            var ip = random.Next(2) == 0 ? $"100.64.{country.Name[0] % 32}.{random.Next(24)}" : Address(random);
            var device = $"{person}-{count}";
            for (var tries = 0; tries < 2 && at < TimeSpan.FromDays(1); tries++)
            {
                var isBad = bad is not null
                    && number.StartsWith(bad, StringComparison.Ordinal)
                    && at >= Begin
                    && at < Begin + TimeSpan.FromHours(6);
                TimeSpan? verifies = random.NextDouble() < country.Conversion * (isBad ? factor : 1) ? Delay(random) : null;
                yield return new Arrival(at, country, number, false, ip, device, verifies, random.Next(25) == 0 ? 1 : 0);
                if (verifies is not null || random.Next(4) > 0)
                {
                    break;
                }

                at += TimeSpan.FromSeconds(60 + random.Next(120));
            }
        }
    }

    private static IEnumerable<Arrival> Spread(Dice random, Country country, int count, double seconds, double converts)
    {
        string[] blocks = [.. Enumerable.Range(0, 300).Select(_ => country.NumberOf(random)[..^4])];
        string[] addresses = [.. Enumerable.Range(0, 500).Select(_ => Address(random))];
        return Each(count, seconds, (_, at) => new Arrival(
            at,
            country,
            blocks[random.Next(blocks.Length)] + random.Next(10_000).ToString("D4", CultureInfo.InvariantCulture),
            true,
            addresses[random.Next(addresses.Length)],
            Verifies: random.NextDouble() < converts ? Delay(random) : null));
    }

    private static IEnumerable<Arrival> Each(int count, double seconds, Func<int, TimeSpan, Arrival> make, TimeSpan? begin = null) =>
        Enumerable.Range(0, count).Select(index => make(index, (begin ?? Begin) + TimeSpan.FromSeconds(index * seconds)));

    private static Country Of(Dice random)
    {
        var draw = random.NextDouble();
        return Country.All.First(country => (draw -= country.Share) < 0 || country == Country.All[^1]);
    }

    /// <summary>Three times as much at noon as at midnight.</summary>
    private static double TimeOfDay(Dice random)
    {
        while (true)
        {
            var (day, height) = (random.NextDouble(), random.NextDouble());
            if (height < (2 - Math.Cos(2 * Math.PI * day)) / 3)
            {
                return day;
            }
        }
    }

    /// <summary>Half of the codes come within 15 seconds, 95 % within 50.</summary>
    private static TimeSpan Delay(Dice random)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return TimeSpan.FromSeconds(Math.Clamp(15 * Math.Exp(0.73 * normal), 3, 280));
    }

    private static string Address(Dice random) => $"{random.Next(11, 99)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}";
}
