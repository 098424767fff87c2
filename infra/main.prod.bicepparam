using './main.bicep'
extends './secrets.bicepparam'

param environmentName = 'prod'
param instanceMemoryMB = 2048
param maximumInstanceCount = 100
param monthlyBudget = 200
param maxDispatchesPerHour = 5000

// One instance waits for callers and one for the jobs that make phones ring: nobody waits for a cold start.
param alwaysReady = [
  {
    name: 'http'
    instanceCount: 1
  }
  {
    name: 'function:Dispatch'
    instanceCount: 1
  }
]

// Yours: deploy.sh refuses these examples.
param alertEmails = [
  'oncall@example.com'
]

// From where /healthz is asked.
param probeLocations = [
  'emea-nl-ams-azr'
  'us-va-ash-azr'
]

// Leave out what there is no contract for: it then has no credentials, and nothing is routed to it.
param providers = [
  'unibell'
  'revicom'
  'bird'
  'lanck'
]
// Of revicom-conversion-token and lanck-inbound-sms-token, those that there are.
param optionalSecrets = []
// Yours, ending in /v1: deploy.sh refuses this example while providers names lanck.
param lanckBaseAddress = 'https://lanck.example/v1'

// Number for the smoke test of deploy.sh: it calls nobody.
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
