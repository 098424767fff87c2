#!/usr/bin/env bash
# azd runs this after it has deployed the Bicep: the keys are in the vault now, so they leave the azd environment's file.
set -euo pipefail

empty=()
for variable in FLASHFUNCTIONS_SECURITY_SERVICE_KEY FLASHFUNCTIONS_SECURITY_CODE_KEY_K1; do
  [ -z "${!variable:-}" ] || empty+=("$variable=")
done
[ ${#empty[@]} -eq 0 ] || azd env set --environment "$AZURE_ENV_NAME" "${empty[@]}"
