#!/usr/bin/env bash
# azd runs this before it deploys the Bicep: makes the service's two keys, unless the vault of the resource group has them.
# A new service key makes every access token and every callback address invalid, so anything that keeps this script from looking
# into the vault stops the deployment.
set -euo pipefail

die() {
  echo "preprovision: $*" >&2
  exit 1
}

for tool in az azd openssl; do
  command -v "$tool" >/dev/null || die "needs $tool: install it and start again"
done
[ -n "${AZURE_RESOURCE_GROUP:-}" ] && [ -n "${AZURE_SUBSCRIPTION_ID:-}" ] \
  || die 'no subscription or resource group is chosen yet: run azd up, which asks for them'
exists=$(az group exists --subscription "$AZURE_SUBSCRIPTION_ID" --name "$AZURE_RESOURCE_GROUP") \
  || die 'az cannot read the subscription: az login'
[ "$exists" = true ] || die "there is no resource group $AZURE_RESOURCE_GROUP: run azd up, which creates it"

vault=$(az keyvault list --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" \
  --query "[?tags.service=='flashfunctions'] | [0].id" --output tsv)
# Names, never values.
stored=''
if [ -n "$vault" ]; then
  stored=$(az rest --method get --query 'value[].name' --output tsv \
    --url "https://management.azure.com$vault/secrets?api-version=2023-07-01")
fi

umask 077
made=$(mktemp)
trap 'rm -f "$made"' EXIT
for secret in security-service-key security-code-key-k1; do
  variable=FLASHFUNCTIONS_$(tr 'a-z-' 'A-Z_' <<<"$secret")
  if [ -z "${!variable:-}" ] && ! grep -qx -- "$secret" <<<"$stored"; then
    printf '%s="%s"\n' "$variable" "$(openssl rand -base64 32)" >>"$made"
    echo "$secret is new: made, to be written to the vault"
  fi
done
# By a file, so that no key appears among the arguments of a process. postprovision.sh takes them out of the azd environment again.
[ ! -s "$made" ] || azd env set --environment "$AZURE_ENV_NAME" --file "$made"
