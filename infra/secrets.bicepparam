using none

// What the parameter files of all environments share: a secret is written to the vault when its environment variable is set. deploy.sh
// makes the two keys of the service on the first deployment.
var values = {
  'security-service-key': readEnvironmentVariable('FLASHFUNCTIONS_SECURITY_SERVICE_KEY', '')
  'security-service-key-k1': readEnvironmentVariable('FLASHFUNCTIONS_SECURITY_SERVICE_KEY_K1', '')
  'security-code-key-k1': readEnvironmentVariable('FLASHFUNCTIONS_SECURITY_CODE_KEY_K1', '')
  'unibell-api-key': readEnvironmentVariable('FLASHFUNCTIONS_UNIBELL_API_KEY', '')
  'unibell-webhook-app-key': readEnvironmentVariable('FLASHFUNCTIONS_UNIBELL_WEBHOOK_APP_KEY', '')
  'unibell-webhook-token': readEnvironmentVariable('FLASHFUNCTIONS_UNIBELL_WEBHOOK_TOKEN', '')
  'revicom-token': readEnvironmentVariable('FLASHFUNCTIONS_REVICOM_TOKEN', '')
  'revicom-conversion-token': readEnvironmentVariable('FLASHFUNCTIONS_REVICOM_CONVERSION_TOKEN', '')
  'bird-access-key': readEnvironmentVariable('FLASHFUNCTIONS_BIRD_ACCESS_KEY', '')
  'bird-workspace-id': readEnvironmentVariable('FLASHFUNCTIONS_BIRD_WORKSPACE_ID', '')
  'bird-channel-id': readEnvironmentVariable('FLASHFUNCTIONS_BIRD_CHANNEL_ID', '')
  'bird-webhook-signing-key': readEnvironmentVariable('FLASHFUNCTIONS_BIRD_WEBHOOK_SIGNING_KEY', '')
  'lanck-token-id': readEnvironmentVariable('FLASHFUNCTIONS_LANCK_TOKEN_ID', '')
  'lanck-token-secret': readEnvironmentVariable('FLASHFUNCTIONS_LANCK_TOKEN_SECRET', '')
  'lanck-inbound-sms-token': readEnvironmentVariable('FLASHFUNCTIONS_LANCK_INBOUND_SMS_TOKEN', '')
}

param secrets = values
param secretNames = map(filter(items(values), entry => !empty(entry.value)), entry => entry.key)

// deploy.sh sets it: the start of the budget that there is, or this month's first day.
param budgetStart = readEnvironmentVariable('FLASHFUNCTIONS_BUDGET_START', '')
