using './main.bicep'
extends './secrets.bicepparam'

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
param testNumbers = [
  {
    number: '+15005550006'
    code: '000000'
  }
]

// Values for any other setting, by name: modules/settings.bicep and modules/providerSettings.bicep list them.
var otherSettings = {}
param settings = otherSettings
param settingNames = objectKeys(otherSettings)
