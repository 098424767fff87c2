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

# One build at a time in this checkout, since two would write the same files: ./run beside ./test waits. The lock is a link that names the
# process that holds it, made in one step; a lock whose process is gone is taken over.
lock_build() {
  local holder
  until ln -s $$ .build-lock 2>/dev/null; do
    holder=$(readlink .build-lock) || continue
    if kill -0 "$holder" 2>/dev/null; then
      sleep 1
    else
      rm -f .build-lock
    fi
  done
}

# Builds in Release; prints only what went wrong.
build_quietly() {
  local log status=0
  log=$(mktemp)
  echo "Building $(basename "$1" | sed -E 's/\.(csproj|sln)$//') ..."
  lock_build
  dotnet build "$1" -c Release -v quiet --nologo >"$log" 2>&1 || status=$?
  rm -f .build-lock
  if [ $status -ne 0 ]; then
    grep -E 'error|warning' "$log" | sort -u | head -40 >&2 || cat "$log" >&2
    echo "The build failed." >&2
  fi
  rm -f "$log"
  return $status
}
