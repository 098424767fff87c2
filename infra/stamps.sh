#!/usr/bin/env bash
# Deploys the same app as several independent stamps, one after another. docs/scale.md says when that is worth it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<'TEXT'
usage: infra/stamps.sh FILE [options of infra/deploy.sh]

FILE has a line for each stamp: its name (1 to 12 lower-case letters and digits), the region, and the parameter file, relative to FILE.
Empty lines and lines that begin with # are ignored:

  eu1  westeurope  main.prod.bicepparam
  us1  eastus      main.prod.bicepparam

Each stamp becomes a deployment of the environment prod in a resource group of its own, rg-flashfunctions-prod-NAME, with its own storage,
vault, keys and accounts. They are deployed in the order of the file. The first one that fails stops the rest, so that a bad version reaches
one stamp only. Further options are passed on: --what-if, --skip-infra, --skip-app, --yes, --dry-run and so on.
TEXT
}

die() {
  echo "stamps: $*" >&2
  exit 1
}

case ${1:-} in
  --help | '') usage; [ $# -gt 0 ] && exit 0 || exit 1 ;;
esac

file=$1
shift
[ -f "$file" ] || die "there is no file $file"
for option in "$@"; do
  case $option in
    --environment | --parameters | --resource-group | --location) die "$option is taken from $file" ;;
  esac
done

names=() regions=() parameters=()
number=0
while read -r name region parameter more || [ -n "$name" ]; do
  number=$((number + 1))
  case $name in '' | '#'*) continue ;; esac
  [[ $name =~ ^[a-z0-9]{1,12}$ ]] || die "line $number: a name is 1 to 12 lower-case letters and digits"
  [ -n "$parameter" ] && [ -z "$more" ] || die "line $number: name, region and parameter file are needed"
  [ -f "$(dirname "$file")/$parameter" ] || die "line $number: there is no file $parameter beside $file"
  for other in "${names[@]}"; do
    [ "$other" != "$name" ] || die "line $number: $name is there twice"
  done
  names+=("$name") regions+=("$region") parameters+=("$(dirname "$file")/$parameter")
done <"$file"
[ ${#names[@]} -gt 0 ] || die "$file names no stamp"

for index in "${!names[@]}"; do
  name=${names[$index]}
  echo "== stamp $name, ${regions[$index]} ($((index + 1)) of ${#names[@]})"
  "$here/deploy.sh" --environment prod --parameters "${parameters[$index]}" --resource-group "rg-flashfunctions-prod-$name" \
    --location "${regions[$index]}" "$@" || die "stamp $name failed; the stamps after it were not touched"
done
