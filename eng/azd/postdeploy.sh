#!/usr/bin/env bash
# azd runs this after it has deployed the app: has the app read its vault references again, then waits until /healthz answers 200.
# On a first deployment the app may have read them before its identity was allowed to. appName and address are outputs of the Bicep.
set -euo pipefail

if [ -z "${appName:-}" ] || [ -z "${address:-}" ]; then
  echo 'postdeploy: the azd environment has no appName and address: azd env refresh' >&2
  exit 1
fi
app="/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$AZURE_RESOURCE_GROUP/providers/Microsoft.Web/sites/$appName"
az rest --method post --output none \
  --url "https://management.azure.com$app/config/configreferences/appsettings/refresh?api-version=2022-03-01"
curl --silent --show-error --fail --retry 24 --retry-delay 5 --retry-all-errors --max-time 30 "$address/healthz"
printf '\nFlashFunctions answers at %s\n' "$address"
