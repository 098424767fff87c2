using './main.bicep'

param environmentName = 'dev'
param instanceMemoryMB = 512
param maximumInstanceCount = 40
param purgeProtection = false
param dailyLogQuotaGb = 1
param monthlyBudget = 20
param maxDispatchesPerHour = 200
param alertEmails = []

// None: only the test number works. Add providers one by one, each with its secrets.
param providers = []
// Of revicom-conversion-token and lanck-inbound-sms-token, those that there are.
param optionalSecrets = []
param lanckBaseAddress = readEnvironmentVariable('FLASHFUNCTIONS_LANCK_BASE_ADDRESS', '')
param testNumbers = [
  {
    number: '+15005550006'
    code: '000000'
  }
]

// Written to the vault when the environment variable is set; deploy.sh makes the two keys on the first deployment.
param secrets = {
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
