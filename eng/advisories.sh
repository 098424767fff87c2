#!/usr/bin/env bash
# Looks for packages of the solution, transitive ones included, that have a known vulnerability.
# Exit code 0: there are none. 1: there are some. 3: not known, since the package source does not answer or serves no advisories.
set -uo pipefail
cd "$(dirname "$0")/.."
. eng/dotnet.sh
prepare_dotnet || exit 3

list() { timeout 180 dotnet list "$1" package --vulnerable --include-transitive --format json; }
not_checked() {
  echo "Packages were NOT CHECKED for known vulnerabilities: the package source $1." >&2
  exit 3
}

# A source that serves no advisories answers like one that knows of none. So ask it first about a package that has had one for years.
canary=$(mktemp -d)
trap 'rm -rf "$canary"' EXIT
cat >"$canary/canary.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.1" /></ItemGroup>
</Project>
XML
answer=$(list "$canary/canary.csproj") || not_checked 'does not answer'
grep -q '"vulnerabilities"' <<<"$answer" || not_checked 'serves no advisories'

answer=$(list FlashFunctions.sln) || not_checked 'does not answer'
if grep -q '"vulnerabilities"' <<<"$answer"; then
  echo 'Packages with a known vulnerability:' >&2
  grep -E '"(id|resolvedVersion|severity|advisoryurl)"' <<<"$answer" | uniq >&2
  exit 1
fi
echo 'No package has a known vulnerability.'
