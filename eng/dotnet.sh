# Sourced by ./run, ./test and .ci/run: finds the SDK and builds.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

prepare_dotnet() {
  if ! command -v dotnet >/dev/null 2>&1; then
    echo "The .NET 10 SDK is missing: install it from https://dot.net and run this again." >&2
    return 1
  fi
  if ! dotnet --version >/dev/null 2>&1; then
    echo "A .NET 10 SDK is needed (global.json), and $(dotnet --list-sdks 2>/dev/null | tail -1 | cut -d' ' -f1) is what is installed." >&2
    return 1
  fi
}

# Builds in Release; prints only what went wrong.
build_quietly() {
  local log
  log=$(mktemp)
  echo "Building $(basename "$1" | sed -E 's/\.(csproj|sln)$//') ..."
  if ! dotnet build "$1" -c Release -v quiet --nologo >"$log" 2>&1; then
    grep -E 'error|warning' "$log" | sort -u | head -40 >&2 || cat "$log" >&2
    echo "The build failed." >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
