using System.Diagnostics;

namespace FlashFunctions.Tests.Infra;

/// <summary>Stands in for az, dotnet, zip, unzip and curl, and notes how they were called. What they answer is a property each.</summary>
internal sealed class StandInTools : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-tools-").FullName;

    /// <summary>The id of the vault in the group; empty: there is none.</summary>
    public string Vault { get; set; } = "/vaults/kv";

    /// <summary>The names of its secrets, one a line; fail: they cannot be read.</summary>
    public string Secrets { get; set; } = "security-service-key\nsecurity-code-key-k1";

    public bool GroupExists { get; set; } = true;

    /// <summary>The start of the budget that there is; empty: there is none; fail: it cannot be read.</summary>
    public string BudgetStart { get; set; } = "";

    /// <summary>Deleted vaults as name, region and id, one a line; fail: they cannot be read.</summary>
    public string DeletedVaults { get; set; } = "";

    /// <summary>How often the app's references are asked for before they are resolved.</summary>
    public int UnresolvedTimes { get; set; }

    /// <summary>The status of a request when it is read.</summary>
    public string Status { get; set; } = "DELIVERED";

    /// <summary>What the check of a code answers.</summary>
    public string Verdict { get; set; } = "VERIFIED";

    private string CallsFile => Path.Combine(_folder, "calls.txt");

    /// <summary>One call a line: the tool and its arguments, then what it read from standard input.</summary>
    public async Task<string> CallsAsync() =>
        File.Exists(CallsFile) ? await File.ReadAllTextAsync(CallsFile, TestContext.Current.CancellationToken) : "";

    /// <summary>A file among the tools, such as a parameter file.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Runs a script of infra/ with these tools.</summary>
    public Task<(int ExitCode, string Output)> RunAsync(string script, string[] arguments, string input = "")
    {
        AddTool("dotnet", "while [ $# -gt 0 ]; do [ \"$1\" = --output ] && mkdir -p \"$2\"; shift; done");
        AddTool("zip", "exit 0");
        AddTool("unzip", "printf 'host.json\\nfunctions.metadata\\nworker.config.json\\n'");
        AddTool("az", Az());
        AddTool("curl", Curl());
        return RunWithAsync($"{_folder}:/usr/bin:/bin", script, arguments, input);
    }

    /// <summary>Runs a script of infra/ with what is on a path.</summary>
    public static async Task<(int ExitCode, string Output)> RunWithAsync(string path, string script, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo("bash", [Repository.Path("infra", script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Repository.ForgetOwnVariables(start.Environment);
        start.Environment["PATH"] = path;
        start.Environment["REFERENCE_PAUSE"] = start.Environment["SMOKE_TEST_PAUSE"] = "0";
        start.Environment["REFERENCE_TRIES"] = start.Environment["SMOKE_TEST_TRIES"] = "3";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }

    private string Az() => $$"""
        echo "az $*" >>'{{CallsFile}}'
        say() { [ "$1" = fail ] && exit 3; [ -z "$1" ] || printf '%b\n' "$1"; }
        case "$*" in
          "account show"*id*) echo 00000000-0000-0000-0000-000000000000 ;;
          "group exists"*) echo {{(GroupExists ? "true" : "false")}} ;;
          "keyvault list --"*) if [ -f '{{_folder}}/recovered' ]; then echo /vaults/kv; else say '{{Vault}}'; fi ;;
          "keyvault list-deleted"*) say '{{DeletedVaults}}' ;;
          "keyvault recover"*) touch '{{_folder}}/recovered' ;;
          rest*budgets*) say '{{BudgetStart}}' ;;
          rest*/refresh*) ;;
          rest*configreferences*)
            echo >>'{{_folder}}/asked'
            [ "$(wc -l <'{{_folder}}/asked')" -gt {{UnresolvedTimes}} ] || printf 'Security__ServiceKey\tAccessToKeyVaultDenied\n' ;;
          rest*/secrets*) say '{{Secrets}}' ;;
          "deployment group show"*appName*) echo func-flash ;;
          "deployment group show"*address*) echo https://func-flash.example ;;
          "functionapp show"*) echo /sites/func-flash ;;
          "functionapp keys list"*) echo the-function-key ;;
          "deployment group create"*)
            echo "with keys of ${#FLASHFUNCTIONS_SECURITY_SERVICE_KEY} and ${#FLASHFUNCTIONS_SECURITY_CODE_KEY_K1}" >>'{{CallsFile}}'
            echo "with a budget from <${FLASHFUNCTIONS_BUDGET_START:-}>" >>'{{CallsFile}}' ;;
        esac
        """;

    private string Curl() => $$"""
        echo "curl $*" >>'{{CallsFile}}'
        case "$*" in *"--config -"*) sed 's/^/  reads /' >>'{{CallsFile}}' ;; esac
        while [ $# -gt 0 ]; do [ "$1" = --output ] && answer=$2; address=$1; shift; done
        case $address in
          */tokens) text='{"keyId":"key-1","account":"smoke-test","secret":"the-token-secret"}' ;;
          */verify) text='{"requestId":"06EKM5","status":"ACCEPTED"}' ;;
          */requests/06EKM5) text='{"id":"06EKM5","status":"{{Status}}","attempts":[]}' ;;
          */check) text='{"requestId":"06EKM5","status":"{{Verdict}}"}' ;;
          *) text='{"id":"smoke-test"}' ;;
        esac
        [ -z "${answer:-}" ] || printf '%s' "$text" >"$answer"
        """;

    private void AddTool(string name, string body)
    {
        var path = Write(name, $"#!/usr/bin/env bash\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
