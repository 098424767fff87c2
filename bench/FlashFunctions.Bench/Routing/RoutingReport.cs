using System.Globalization;
using System.Text;

namespace FlashFunctions.Bench.Routing;

/// <summary>Runs many worlds and says how learned routing did in them, in figures and as plots.</summary>
public static class RoutingReport
{
    private const int FirstDay = 24;
    private const int FewVerifications = 500;

    /// <summary>
    /// Runs the worlds of seeds 1 to <paramref name="seeds"/> and writes the report, and the plots into a folder where one is given.
    /// </summary>
    public static void Write(int seeds, WorldOptions options, double exploration, double halfLifeHours, TextWriter output, string? plots)
    {
        var runs = new SimulatedRun[seeds];
        Parallel.For(0, seeds, seed => runs[seed] = RoutingSimulation.Run(seed + 1, options, exploration, halfLifeHours));
        var (learned, order, oracle) = (Sum(runs, run => run.ByLearning), Sum(runs, run => run.ByOrder), Sum(runs, run => run.ByOracle));
        Say(
            output,
            $"{seeds} seeds, {options.Hours} hours, exploration {exploration:P0}, half-life {halfLifeHours} h, spread {options.Spread}");
        output.WriteLine();
        Say(output, $"{"",-28}{"learned",12}{"configured",12}{"clairvoyant",12}");
        Say(output, $"{"conversion",-28}{Conversion(learned),12:P2}{Conversion(order),12:P2}{Conversion(oracle),12:P2}");
        Say(output, $"{"money per verified number",-28}{Money(learned),12:F5}{Money(order),12:F5}{Money(oracle),12:F5}");
        Say(output, $"{"worth, configured = 100",-28}{Ratio(learned, order),12:P1}{1,12:P1}{Ratio(oracle, order),12:P1}");
        output.WriteLine();
        Say(
            output,
            $"worth against the best order in hindsight, by operator, after its first {SimulatedRun.Learned:N0}: {AfterLearning(runs):P1}");
        Say(output, $"the same from the first verification on: {Whole(runs, Enumerable.Range(0, RoutingWorld.Operators)):P1}");
        Say(output, $"  at operators with 240 an hour {Whole(runs, [0, 1, 2, 3]):P1}, with 80 {Whole(runs, [4, 5, 6, 7]):P1}");
        Say(output, $"  with 20 an hour {Whole(runs, [8, 9]):P1}, with 5 {Whole(runs, [10, 11]):P1}");
        Say(output, $"explored: {runs.Sum(run => run.Explored) / (double)runs.Sum(run => run.Choices):P2} of the choices");
        SayLeavings(output, runs);
        SayWorst(output, "worth", runs, taking => taking.Worth);
        SayWorst(output, "conversion", runs, taking => taking.Verified);
        if (plots is not null)
        {
            WritePlots(plots, runs, options);
        }
    }

    private static void SayLeavings(TextWriter output, SimulatedRun[] runs)
    {
        Leaving[] leavings = [.. runs.SelectMany(run => run.Leavings)];
        void SayLeft(string what, Func<Leaving, int> of) => Say(output, $"  {what}: {leavings.Average(of):F1} ({At95(leavings, of)})");
        if (leavings.Length > 0)
        {
            Say(output, $"silent failures left: {leavings.Length}, on average (and at most in 95 % of them)");
            SayLeft("attempts whose outcome was known", left => left.Known);
            SayLeft("attempts sent", left => left.Sent);
            SayLeft("minutes", left => left.Minutes);
        }
    }

    private static void SayWorst(TextWriter output, string what, SimulatedRun[] runs, Func<Takings, double> of)
    {
        var byHour = Enumerable.Range(0, Math.Min(FirstDay, runs[0].ByLearning.Length))
            .Select(hour => (Hour: hour, Ratio: (runs.Sum(run => of(run.ByLearning[hour])) / runs.Sum(run => of(run.ByOrder[hour]))) - 1))
            .ToArray();
        var worst = byHour.MinBy(hour => hour.Ratio);
        Say(
            output,
            $"{what} against the configured order in the worst hour of the first day, hour {worst.Hour + 1}: {worst.Ratio:+0.0 %;-0.0 %}");
    }

    private static void WritePlots(string folder, SimulatedRun[] runs, WorldOptions options)
    {
        Directory.CreateDirectory(folder);
        double[] Hourly(Func<SimulatedRun, Takings[]> by) =>
            [.. Enumerable.Range(0, options.Hours).Select(hour => 100 * Conversion(runs.Select(run => by(run)[hour])))];
        double[] Regret(Func<SimulatedRun, Takings[]> by)
        {
            var oracle = runs.Sum(run => run.ByOracle.Sum(taking => taking.Worth)) / options.Hours;
            var regret = 0.0;
            return
            [
                .. Enumerable.Range(0, options.Hours).Select(hour =>
                    regret += runs.Sum(run => run.ByOracle[hour].Worth - by(run)[hour].Worth) / oracle),
            ];
        }

        var silent = (options.SilentFrom, options.SilentFrom + options.SilentHours);
        File.WriteAllText(
            Path.Combine(folder, "conversion.svg"),
            LinePlot.Draw(
                "Conversion by hour, %",
                silent,
                [("clairvoyant", "#999999", Hourly(run => run.ByOracle)), ("learned", "#0b7a4b", Hourly(run => run.ByLearning)),
                    ("configured order", "#b3261e", Hourly(run => run.ByOrder))]));
        File.WriteAllText(
            Path.Combine(folder, "regret.svg"),
            LinePlot.Draw(
                "Regret since the start, in hours of the clairvoyant's worth",
                silent,
                [("learned", "#0b7a4b", Regret(run => run.ByLearning)), ("configured order", "#b3261e", Regret(run => run.ByOrder))]));
    }

    private static IEnumerable<Takings> Sum(SimulatedRun[] runs, Func<SimulatedRun, Takings[]> by) => [.. runs.SelectMany(by)];

    private static double Conversion(IEnumerable<Takings> takings) =>
        takings.Sum(taking => taking.Verified) / takings.Sum(taking => taking.Attempts);

    private static double Money(IEnumerable<Takings> takings) =>
        takings.Sum(taking => taking.Money) / takings.Sum(taking => taking.Verified);

    private static double Ratio(IEnumerable<Takings> one, IEnumerable<Takings> other) =>
        one.Sum(taking => taking.Worth) / other.Sum(taking => taking.Worth);

    /// <summary>Operators with at least 500 verifications after the first 2,000.</summary>
    private static double AfterLearning(SimulatedRun[] runs)
    {
        var cells = runs.SelectMany(run => Enumerable.Range(0, RoutingWorld.Operators)
            .Where(of => run.AfterLearning[of].Attempts >= FewVerifications)
            .Select(of => (Learned: run.AfterLearning[of].Worth, Best: Best(run.Fixed, of)))).ToArray();
        return cells.Sum(cell => cell.Learned) / cells.Sum(cell => cell.Best);
    }

    private static double Whole(SimulatedRun[] runs, IEnumerable<int> operators) =>
        runs.Sum(run => operators.Sum(of => run.Whole[of].Worth)) / runs.Sum(run => operators.Sum(of => Best(run.FixedWhole, of)));

    private static double Best(Takings[,] byProvider, int of) =>
        Enumerable.Range(0, RoutingWorld.Providers).Max(by => byProvider[of, by].Worth);

    private static int At95(Leaving[] leavings, Func<Leaving, int> of) =>
        leavings.Select(of).Order().ElementAt((int)(leavings.Length * 0.95));

    private static void Say(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Line plots as SVG.</summary>
internal static class LinePlot
{
    private const int Width = 720;
    private const int Height = 260;
    private const int Left = 44;
    private const int Bottom = 30;
    private const int Top = 34;
    private const int HoursATick = 12;
    private const int Lines = 4;

    /// <summary>Draws a value an hour for each series; the hours of the silent failures are shaded.</summary>
    public static string Draw(string title, (int From, int To) shaded, (string Name, string Color, double[] Values)[] series)
    {
        var hours = series[0].Values.Length;
        var (least, most) = (series.Min(of => of.Values.Min()), series.Max(of => of.Values.Max()));
        double X(double hour) => Left + (hour * (Width - Left - 8) / (hours - 1));
        double Y(double value) => Height - Bottom - ((value - least) * (Height - Bottom - Top) / (most - least));
        var svg = new StringBuilder();
        Add(
            svg,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"11\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/><text x=\"{Left}\" y=\"14\" font-size=\"13\">{title}</text>");
        var (from, to) = (X(Math.Min(shaded.From, hours - 1)), X(Math.Min(shaded.To, hours - 1)));
        Add(svg, $"<rect x=\"{from:F0}\" y=\"{Top}\" width=\"{to - from:F0}\" height=\"{Height - Bottom - Top}\" fill=\"#f4e3c1\"/>");
        for (var line = 0; line <= Lines; line++)
        {
            var value = least + ((most - least) * line / Lines);
            Add(
                svg,
                $"<path d=\"M{Left} {Y(value):F0}H{Width - 8}\" stroke=\"#ddd\"/><text x=\"4\" y=\"{Y(value) + 4:F0}\">{value:F1}</text>");
        }

        for (var hour = 0; hour < hours; hour += HoursATick)
        {
            Add(svg, $"<text x=\"{X(hour):F0}\" y=\"{Height - 12}\" text-anchor=\"middle\">{hour} h</text>");
        }

        for (var index = 0; index < series.Length; index++)
        {
            var (name, color, values) = series[index];
            var points = string.Join(' ', values.Select((value, hour) => Text($"{X(hour):F1},{Y(value):F1}")));
            Add(svg, $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\" points=\"{points}\"/>");
            Add(svg, $"<text x=\"{Left + (index * 130)}\" y=\"28\" fill=\"{color}\">{name}</text>");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(Text(text)).Append('\n');

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
