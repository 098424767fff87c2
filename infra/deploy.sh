#!/usr/bin/env bash
# Deploys FlashFunctions to Azure: infrastructure, then the app, then a look at /healthz.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project="$here/../src/FlashFunctions/FlashFunctions.csproj"

usage() {
  cat <<'TEXT'
usage: infra/deploy.sh --environment dev|prod [options]

  --environment NAME     dev or prod: which infra/main.NAME.bicepparam is deployed
  --resource-group NAME  default rg-flashfunctions-ENVIRONMENT; made when it is missing
  --location REGION      default westeurope; of a resource group that is made
  --subscription ID      default: the one that az has chosen
  --what-if              show what would change in Azure, and stop
  --skip-infra           publish the app only
  --skip-app             deploy the infrastructure only
  --yes                  do not ask before the deployment
  --dry-run              print every step and do none of them; needs neither az nor an account
  --help                 this text

Credentials come from environment variables that the parameter file names (FLASHFUNCTIONS_...) and go to the vault. They are needed
for the first deployment and to change them; what the vault has already stays. The two keys of the service are made when it has none.
TEXT
}

die() {
  echo "deploy: $*" >&2
  exit 1
}

# Else a command that fails inside $(…) goes unnoticed, and a vault that could not be read looks like an empty one.
shopt -s inherit_errexit 2>/dev/null || die 'needs bash 4.4 or later'

environment='' group='' location=westeurope subscription='' what_if=false infra=true app=true ask=true dry=false
while [ $# -gt 0 ]; do
  case $1 in
    --environment | --resource-group | --location | --subscription)
      [ $# -ge 2 ] || die "$1 needs a value"
      case $1 in
        --environment) environment=$2 ;;
        --resource-group) group=$2 ;;
        --location) location=$2 ;;
        --subscription) subscription=$2 ;;
      esac
      shift
      ;;
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
parameters="$here/main.$environment.bicepparam"
deployment="flashfunctions-$environment"

# Prints a step, and does it unless this is a dry run.
step() {
  printf '+ %s\n' "$*"
  $dry || "$@"
}

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

# Names, never values, of what the vault of this resource group has.
stored_secrets() {
  local vault
  vault=$(az keyvault list --resource-group "$group" --query "[?tags.service=='flashfunctions'] | [0].id" --output tsv)
  [ -z "$vault" ] || az rest --method get --query 'value[].name' --output tsv \
    --url "https://management.azure.com$vault/secrets?api-version=2023-07-01"
}

variable_of() {
  local name=${1//-/_}
  printf 'FLASHFUNCTIONS_%s' "${name^^}"
}

has_secret() {
  local variable
  variable=$(variable_of "$1")
  [ -n "${!variable:-}" ] || grep -qx -- "$1" <<<"$stored"
}

make_keys() {
  local key variable
  for key in security-service-key security-code-key-k1; do
    if ! has_secret "$key"; then
      variable=$(variable_of "$key")
      export "$variable=$(openssl rand -base64 32)"
      echo "$key is new: made, and written to the vault"
    fi
  done
}

# The elements of a list of the parameter file.
listed() {
  sed -n "/^param $1 = \[/,/\]/p" "$parameters" | grep -oE "'[a-z-]+'" | tr -d "'" || true
}

secrets_of() {
  case $1 in
    unibell) echo unibell-api-key unibell-webhook-app-key unibell-webhook-token ;;
    revicom) echo revicom-token ;;
    bird) echo bird-access-key bird-workspace-id bird-channel-id bird-webhook-signing-key ;;
    lanck) echo lanck-token-id lanck-token-secret ;;
    *) die "$parameters names the provider $1, which this script does not know" ;;
  esac
}

check_providers() {
  local provider secret missing=()
  for provider in $(listed providers); do
    for secret in $(secrets_of "$provider"); do
      has_secret "$secret" || missing+=("$(variable_of "$secret")")
    done
  done
  for secret in $(listed optionalSecrets); do
    has_secret "$secret" || missing+=("$(variable_of "$secret")")
  done
  [ ${#missing[@]} -eq 0 ] \
    || die "not in the vault and not set: ${missing[*]}; set them, or take the provider or secret out of $(basename "$parameters")"
}

deploy_infrastructure() {
  if ! $what_if; then
    step az group create --name "$group" --location "$location" --tags service=flashfunctions --output none
  elif ! $dry; then
    az group show --name "$group" --output none 2>/dev/null || die "there is no resource group $group yet, so everything would be new"
  fi
  stored=$(answer '' stored_secrets)
  if ! $dry; then
    make_keys
    check_providers
  fi
  step az deployment group what-if --resource-group "$group" --parameters "$parameters"
  ! $what_if || exit 0
  if $ask && ! $dry; then
    read -r -p "Deploy this to $group? [y/N] " reply
    [ "$reply" = y ] || die 'stopped; nothing was changed'
  fi
  step az deployment group create --resource-group "$group" --name "$deployment" --parameters "$parameters" --output none
}

output_of() {
  answer "<$1>" az deployment group show --resource-group "$group" --name "$deployment" --query "properties.outputs.$1.value" --output tsv
}

# The official packages, host.json and the functions' metadata are in it; nothing that is for development is.
check_package() {
  local file names
  names=$(unzip -Z1 "$1")
  for file in host.json functions.metadata worker.config.json; do
    grep -qx -- "$file" <<<"$names" || die "the package has no $file: was it published with the official packages?"
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
  step dotnet publish "$project" --configuration Release --output "$work/publish" -p:AzurePackages=nuget --nologo
  printf '+ zip -qr %s . (in %s)\n' "$work/package.zip" "$work/publish"
  if ! $dry; then
    (cd "$work/publish" && zip -qr "$work/package.zip" .)
    check_package "$work/package.zip"
  fi
  step az functionapp deployment source config-zip --resource-group "$group" --name "$name" --src "$work/package.zip" --output none
}

smoke_test() {
  local address
  address=$(output_of address)
  step curl --silent --show-error --fail --retry 24 --retry-delay 5 --retry-all-errors --max-time 30 "$address/healthz"
  printf '\nFlashFunctions answers at %s\n' "$address"
}

$dry || check_prerequisites
! $infra || deploy_infrastructure
! $app || publish_app
if $app && ! $what_if; then
  smoke_test
fi
