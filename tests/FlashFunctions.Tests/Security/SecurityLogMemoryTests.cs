using FlashFunctions.Core.Security;
using FlashFunctions.Tests.Providers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.Tests.Security;

public sealed class SecurityLogMemoryTests
{
    [Fact]
    public void The_security_log_remembers_2_000_kinds_of_lines_and_writes_every_other_one_at_once()
    {
        const int Kinds = 5_000;
        const int Remembered = 2_000;
        using var lines = new CapturedLogs();
        using var loggers = new LoggerFactory([lines]);
        using (var log = new SecurityLog(loggers, new FakeTimeProvider()))
        {
            for (var time = 0; time < 2; time++)
            {
                for (var kind = 0; kind < Kinds; kind++)
                {
                    log.OperatorRead("operator", $"request {kind}", "200", "192.0.2.1");
                }
            }

            Assert.Equal(Kinds + (Kinds - Remembered), lines.Lines.Count);
        }

        // Of those that were remembered, the repeats are counted when it ends.
        Assert.Equal(Kinds + Kinds, lines.Lines.Count);
    }
}
