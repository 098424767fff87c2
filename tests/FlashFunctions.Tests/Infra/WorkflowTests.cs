using System.Text.RegularExpressions;

namespace FlashFunctions.Tests.Infra;

/// <summary>.github/workflows: what a workflow runs cannot be exchanged under it, and what it may do is written down.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows() =>
        [.. Directory.GetFiles(Repository.Path(".github", "workflows")).Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_pinned_to_a_commit_and_names_its_version(string workflow)
    {
        var steps = Read(workflow).Where(line => Uses().IsMatch(line)).Where(line => !LocalWorkflow().IsMatch(line)).ToArray();
        Assert.NotEmpty(steps);
        Assert.All(steps, step => Assert.Matches(Pinned(), step));
    }

    [Fact]
    public void An_action_has_the_same_commit_everywhere()
    {
        var commits = Directory.GetFiles(Repository.Path(".github", "workflows"))
            .SelectMany(File.ReadLines)
            .Select(line => Pinned().Match(line))
            .Where(match => match.Success)
            .GroupBy(match => match.Groups["owner"].Value + "/" + match.Groups["repository"].Value, StringComparer.Ordinal);
        Assert.All(commits, action => Assert.Single(action.Select(match => match.Groups["pin"].Value).Distinct(StringComparer.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_workflow_starts_without_permissions_and_each_job_names_its_own(string workflow)
    {
        Assert.Contains("permissions: {}", Read(workflow));
        Assert.All(Jobs(workflow), job => Assert.Contains("    permissions:", job.Value));
        Assert.DoesNotContain(Read(workflow), line => line.Contains("write-all", StringComparison.Ordinal));
        Assert.DoesNotContain(Read(workflow), line => line.Contains("contents: write", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_job_has_a_time_limit_and_leaves_no_credentials_in_the_checkout(string workflow)
    {
        foreach (var job in Jobs(workflow).Where(job => !job.Value.Exists(LocalWorkflow().IsMatch)))
        {
            Assert.Contains(job.Value, line => TimeLimit().IsMatch(line));
            var checkouts = job.Value.Count(line => line.Contains("actions/checkout@", StringComparison.Ordinal));
            Assert.Equal(checkouts, job.Value.Count(line => line.Trim() == "persist-credentials: false"));
        }
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Nothing_that_someone_else_typed_becomes_part_of_a_script(string workflow)
    {
        Assert.DoesNotContain(Read(workflow), line => line.Contains("pull_request_target", StringComparison.Ordinal));
        Assert.DoesNotContain(Read(workflow), line => line.TrimStart().StartsWith("run: ", StringComparison.Ordinal)
            && line.Contains("${{", StringComparison.Ordinal));
        // A script of several lines could hide an expression from the line above: scripts are files in the repository.
        Assert.DoesNotContain(Read(workflow), line => line.TrimEnd().EndsWith("run: |", StringComparison.Ordinal));
    }

    [Fact]
    public void A_deployment_is_tested_shown_and_approved_before_it_runs_alone()
    {
        var workflow = Read("deploy.yml");
        var jobs = Jobs("deploy.yml");
        Assert.Contains("  cancel-in-progress: false", workflow);
        Assert.Contains("    needs: [test, what-if]", jobs["deploy"]);
        Assert.Contains("    environment: ${{ inputs.environment }}", jobs["deploy"]);
        Assert.Contains(jobs["what-if"], line => line.EndsWith("--what-if", StringComparison.Ordinal));
        Assert.DoesNotContain(workflow, line => line.Contains("${{ secrets.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_package_with_a_known_vulnerability_fails_a_pull_request_and_no_deployment()
    {
        var job = Jobs("ci.yml")["advisories"];
        Assert.Contains("        run: eng/advisories.sh", job);
        Assert.Contains("    if: github.event_name != 'workflow_dispatch'", job);
        Assert.Contains("  schedule:", Read("ci.yml"));
    }

    [Fact]
    public void Dependabot_watches_each_kind_of_dependency()
    {
        var lines = File.ReadAllLines(Repository.Path(".github", "dependabot.yml"));
        string[] kinds = ["nuget", "npm", "github-actions", "devcontainers"];
        Assert.All(kinds, kind => Assert.Contains($"  - package-ecosystem: {kind}", lines));
        var folders = lines.Where(line => line.StartsWith("    directory: ", StringComparison.Ordinal)).Select(line => line[16..]);
        Assert.All(folders, folder => Assert.True(Directory.Exists(Repository.Path(".", folder)), folder));
    }

    private static string[] Read(string workflow) =>
        [.. File.ReadLines(Repository.Path(".github", "workflows", workflow)).Where(line => !line.TrimStart().StartsWith('#'))];

    /// <summary>The lines of each job by its name: jobs are indented by two, what is in them by four or more.</summary>
    private static Dictionary<string, List<string>> Jobs(string workflow)
    {
        var jobs = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? job = null;
        foreach (var line in Read(workflow).SkipWhile(line => line != "jobs:").Skip(1))
        {
            if (JobName().Match(line) is { Success: true } name)
            {
                job = jobs[name.Groups["name"].Value] = [];
            }
            else
            {
                job?.Add(line);
            }
        }

        Assert.NotEmpty(jobs);
        return jobs;
    }

    [GeneratedRegex(@"^[\s-]*uses:", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Uses();

    [GeneratedRegex(@"^\s*uses: \./\.github/workflows/[a-z-]+\.yml$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LocalWorkflow();

    [GeneratedRegex(
        @"uses: (?<owner>[\w.-]+)/(?<repository>[\w.-]+)(/[\w./-]+)?@(?<pin>[0-9a-f]{40} # v\d+\.\d+\.\d+)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^    timeout-minutes: \d+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TimeLimit();

    [GeneratedRegex(@"^  (?<name>[a-z-]+):$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex JobName();
}
