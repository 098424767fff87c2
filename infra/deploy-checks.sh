# What deploy.sh looks at before it deploys: the parameter file, the vault, the budget. It sets environment, group, parameters, budget,
# deleted_vault and stored, and has die and step.
# shellcheck shell=bash disable=SC2154

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

# The texts in the value of a parameter, of a list or of one text, one a line.
listed() {
  awk -v start="^param $1 = " -v quote="'" '
    $0 ~ start { inside = 1; list = $0 ~ /\[/ }
    inside && !/^[[:space:]]*\/\// {
      rest = $0
      while (match(rest, quote "[^" quote "]*" quote)) {
        print substr(rest, RSTART + 1, RLENGTH - 2)
        rest = substr(rest, RSTART + RLENGTH)
      }
      if (!list || /^[^\[]*\]|\[[^\[]*\][[:space:]]*$/) exit
    }' "$parameters"
}

# What is no secret has to be in the file, and not as it came.
check_settings() {
  local file emails
  file=$(basename "$parameters")
  emails=$(listed alertEmails)
  ! grep -qi '@example\.' <<<"$emails" || die "alertEmails in $file is still an example: who is to be told?"
  [ "$environment" != prod ] || [ -n "$emails" ] || die "alertEmails in $file is empty: prod needs somebody who is told"
  if listed providers | grep -qx lanck; then
    case $(listed lanckBaseAddress) in
      '') die "lanckBaseAddress in $file is missing: providers names lanck" ;;
      *.example/*) die "lanckBaseAddress in $file is still an example: providers names lanck" ;;
    esac
  fi
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

# A deleted vault keeps its name: a new one cannot be made until it is recovered or purged.
see_to_deleted_vault() {
  local found name region
  found=$(az keyvault list-deleted --resource-type vault --output tsv \
    --query "[?tags.service=='flashfunctions' && tags.environment=='$environment'].[name, properties.location, properties.vaultId]") || {
    echo 'deleted vaults cannot be listed with these rights: should the deployment find one in its way, recover or purge it by hand' >&2
    return 0
  }
  found=$(grep -iF "/resourceGroups/$group/" <<<"$found" | head -n 1 || true)
  [ -n "$found" ] || return 0
  IFS=$'\t' read -r name region _ <<<"$found"
  case $deleted_vault in
    recover) step az keyvault recover --name "$name" --location "$region" --resource-group "$group" --output none ;;
    purge) step az keyvault purge --name "$name" --location "$region" --output none ;;
    *)
      die "the vault $name of this environment was deleted and keeps its name: --recover-vault brings it back with its secrets," \
        '--purge-vault deletes it for good'
      ;;
  esac
}

# The platform refuses to change a budget's start, so the one that there is keeps it.
find_budget_start() {
  local url start
  $budget || return 0
  url="https://management.azure.com/subscriptions/$(az account show --query id --output tsv)/resourceGroups/$group"
  if start=$(az rest --method get --url "$url/providers/Microsoft.Consumption/budgets?api-version=2023-11-01" --output tsv \
    --query "value[?starts_with(name, 'budget-')] | [0].properties.timePeriod.startDate"); then
    FLASHFUNCTIONS_BUDGET_START=${start:-$(date -u +%Y-%m-01)}
    export FLASHFUNCTIONS_BUDGET_START
  else
    echo 'the budget cannot be read: it is left as it is' >&2
  fi
}
