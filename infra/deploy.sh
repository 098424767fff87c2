#!/usr/bin/env bash
# Deploys FlashFunctions to Azure: infrastructure, then the app, then a verification with a test number.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project="$here/../src/FlashFunctions/FlashFunctions.csproj"

usage() {
  cat <<'TEXT'
usage: infra/deploy.sh --environment dev|prod [options]

  --environment NAME     dev or prod: which infra/main.NAME.bicepparam is deployed
  --parameters FILE      another parameter file of that environment
  --resource-group NAME  default rg-flashfunctions-ENVIRONMENT; made when it is missing
  --location REGION      default westeurope; of a resource group that is made
  --subscription ID      default: the one that az has chosen
  --no-budget            make no budget, for a subscription that has none; one that there is stays
  --recover-vault        a vault of this environment that was deleted, and is kept for its retention, is brought back with its secrets
  --purge-vault          it is deleted for good instead, with its secrets
  --what-if              show what would change in Azure, and stop
  --skip-infra           publish the app only
  --skip-app             deploy the infrastructure only
  --yes                  do not ask before the deployment
  --dry-run              print every step and do none of them; needs neither az nor an account
  --help                 this text

Credentials come from environment variables that infra/secrets.bicepparam names (FLASHFUNCTIONS_...) and go to the vault. They are
needed for the first deployment and to change them; what the vault has already stays. The two keys of the service are made when it has
none. Everything that is no secret is in the parameter file, so that a deployment from another shell changes nothing by itself.
TEXT
}

die() {
  echo "deploy: $*" >&2
  exit 1
}

# Else a command that fails inside $(…) goes unnoticed, and a vault that could not be read looks like an empty one.
shopt -s inherit_errexit 2>/dev/null || die 'needs bash 4.4 or later'

environment='' parameters='' group='' location=westeurope subscription='' deleted_vault='' budget=true
what_if=false infra=true app=true ask=true dry=false
while [ $# -gt 0 ]; do
  case $1 in
    --environment | --parameters | --resource-group | --location | --subscription)
      [ $# -ge 2 ] || die "$1 needs a value"
      case $1 in
        --environment) environment=$2 ;;
        --parameters) parameters=$2 ;;
        --resource-group) group=$2 ;;
        --location) location=$2 ;;
        --subscription) subscription=$2 ;;
      esac
      shift
      ;;
    --no-budget) budget=false ;;
    --recover-vault) deleted_vault=recover ;;
    --purge-vault) deleted_vault=purge ;;
    --what-if) what_if=true ;;
    --skip-infra) infra=false ;;
    --skip-app) app=false ;;
    --yes) ask=false ;;
    --dry-run) dry=true ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) die "$1 is no option; --help lists them" ;;
  esac
  shift
done

case $environment in
  dev | prod) ;;
  '') die "--environment dev or --environment prod is needed; --help lists the options" ;;
  *) die "there is no environment $environment: dev or prod" ;;
esac
group=${group:-rg-flashfunctions-$environment}
parameters=${parameters:-"$here/main.$environment.bicepparam"}
[ -f "$parameters" ] || die "there is no file $parameters"
deployment="flashfunctions-$environment"

# Prints a step, and does it unless this is a dry run.
step() {
  printf '+ %s\n' "$*"
  $dry || "$@"
}

# shellcheck source=deploy-checks.sh
. "$here/deploy-checks.sh"

# What a command answers; in a dry run, the first argument.
answer() {
  local instead=$1
  shift
  if $dry; then
    printf '%s\n' "$instead"
  else
    "$@"
  fi
}

check_prerequisites() {
  local tool missing=()
  for tool in az dotnet zip unzip curl openssl; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ ${#missing[@]} -eq 0 ] || die "needs ${missing[*]}: install and start again"
  az account show --output none 2>/dev/null || die "az is not signed in: az login"
  [ -z "$subscription" ] || az account set --subscription "$subscription"
}

make_group() {
  if $dry; then
    step az group create --name "$group" --location "$location" --tags service=flashfunctions --output none
  elif [ "$(az group exists --name "$group")" != true ]; then
    ! $what_if || die "there is no resource group $group yet, so everything would be new"
    step az group create --name "$group" --location "$location" --tags service=flashfunctions --output none
  fi
}

deploy_infrastructure() {
  unset FLASHFUNCTIONS_BUDGET_START
  $dry || check_settings
  make_group
  stored=$(answer '' stored_secrets)
  if ! $dry; then
    if [ -z "$stored" ] && ! $what_if; then
      see_to_deleted_vault
      stored=$(stored_secrets)
    fi
    make_keys
    check_providers
    find_budget_start
  fi
  step az deployment group what-if --resource-group "$group" --parameters "$parameters"
  ! $what_if || exit 0
  if $ask && ! $dry; then
    read -r -p "Deploy this to $group? [y/N] " reply
    [ "$reply" = y ] || die 'stopped; nothing was changed'
  fi
  step az deployment group create --resource-group "$group" --name "$deployment" --parameters "$parameters" --output none
  check_references
}

# The app's rights on the vault are minutes old at most, and a reference that could not be read is only tried again a day later.
check_references() {
  local name references unresolved='' tries=${REFERENCE_TRIES:-20}
  name=$(output_of appName)
  references="https://management.azure.com$(answer "<id of $name>" az functionapp show --resource-group "$group" --name "$name" --query id \
    --output tsv)/config/configreferences/appsettings"
  while [ "$tries" -gt 0 ]; do
    step az rest --method post --url "$references/refresh?api-version=2022-03-01" --output none
    unresolved=$(answer '' az rest --method get --url "$references?api-version=2022-03-01" --output tsv \
      --query "value[?properties.status!='Resolved'].[name, properties.status]")
    [ -n "$unresolved" ] || return 0
    tries=$((tries - 1))
    sleep "${REFERENCE_PAUSE:-15}"
  done
  die "secrets that the app cannot read: $(tr '\t\n' ' ,' <<<"$unresolved")"
}

output_of() {
  answer "<$1>" az deployment group show --resource-group "$group" --name "$deployment" --query "properties.outputs.$1.value" --output tsv
}

# The worker's metadata, host.json and the functions' metadata are in it; nothing that is for development is.
check_package() {
  local file names
  names=$(unzip -Z1 "$1")
  for file in host.json functions.metadata worker.config.json; do
    grep -qx -- "$file" <<<"$names" || die "the package has no $file"
  done
  ! grep -qiE '(^|/)(local\.settings\.json|.*sqlite.*|FlashFunctions\.(Simulator|LocalHost).*)$' <<<"$names" \
    || die 'the package holds something that is for development'
}

publish_app() {
  local name work
  name=$(output_of appName)
  work=$(mktemp -d)
  # shellcheck disable=SC2064 # The folder of now, not of later.
  trap "rm -rf '$work'" EXIT
  # For one runtime, so that it is compiled ahead (docs/benchmarks.md, The start of a worker).
  step dotnet publish "$project" --configuration Release --runtime linux-x64 --output "$work/publish" --nologo
  printf '+ zip -qr %s . (in %s)\n' "$work/package.zip" "$work/publish"
  if ! $dry; then
    (cd "$work/publish" && zip -qr "$work/package.zip" .)
    check_package "$work/package.zip"
  fi
  step az functionapp deployment source config-zip --resource-group "$group" --name "$name" --src "$work/package.zip" --output none
}

smoke_test() {
  local address name number code
  address=$(output_of address)
  step curl --silent --show-error --fail --retry 24 --retry-delay 5 --retry-all-errors --max-time 30 "$address/healthz"
  echo
  number=$(listed testNumbers | sed -n 1p)
  code=$(listed testNumbers | sed -n 2p)
  if [ -z "$number" ]; then
    echo "NOT TESTED: $(basename "$parameters") has no testNumbers, so no verification was tried"
  else
    name=$(output_of appName)
    printf '+ %s %s %s CODE\n' "$here/smoke-test.sh" "$address" "$number"
    $dry || az functionapp keys list --resource-group "$group" --name "$name" --query functionKeys.default --output tsv \
      | "$here/smoke-test.sh" "$address" "$number" "$code"
  fi
  printf 'FlashFunctions answers at %s\n' "$address"
}

$dry || check_prerequisites
! $infra || deploy_infrastructure
! $app || publish_app
if $app && ! $what_if; then
  smoke_test
fi
