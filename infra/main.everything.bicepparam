using './main.bicep'

// Every option at once. Nobody deploys it: its snapshot shows what each option does, and the compiler reads all of them.
param name = 'all'
param environmentName = 'prod'
param location = 'swedencentral'
param tags = {
  owner: 'verification'
}
param instanceMemoryMB = 4096
param maximumInstanceCount = 1000
param httpConcurrency = 40
param queueBatchSize = 16
param queueNewBatchThreshold = 8
param alwaysReady = [
  {
    name: 'http'
    instanceCount: 3
  }
  {
    name: 'function:Dispatch'
    instanceCount: 2
  }
]
param zoneRedundant = true
param siteUpdateStrategy = 'Recreate'
param publicAddress = 'https://verify.example'
param providers = [
  'unibell'
  'revicom'
  'bird'
  'lanck'
]
param lanckBaseAddress = 'https://lanck.example/v1'
param optionalSecrets = [
  'revicom-conversion-token'
  'lanck-inbound-sms-token'
]
param previousServiceKeyIds = [
  'k1'
  'k0'
]
param codeKeyIds = [
  'k1'
  'k2'
]
param activeCodeKeyId = 'k2'
param routing = {
  call: 'unibell,lanck'
  sms: 'revicom,bird'
}
param countryRouting = [
  {
    country: 'EE'
    channel: 'call'
    providers: 'lanck'
  }
]
param workflows = {
  call: [
    {
      method: 'call'
      wait: 20
    }
    {
      method: 'sms'
    }
  ]
}
param countryWorkflows = [
  {
    country: 'EE'
    method: 'sms'
    steps: [
      {
        method: 'sms'
      }
    ]
  }
]
param testNumbers = [
  {
    number: '+15005550006'
    code: '000000'
    outcome: 'late'
    delay: 20
  }
]
param prices = [
  {
    provider: 'unibell'
    product: 'call'
    prefix: '372'
    price: '0.01'
    currency: 'EUR'
  }
  {
    price: '0.02'
    currency: 'EUR'
  }
]
var otherSettings = {
  Verification__Brand: 'Example'
}
param settings = otherSettings
param settingNames = objectKeys(otherSettings)
var values = {
  'security-service-key': ''
  'security-service-key-k1': ''
  'security-code-key-k1': ''
  'unibell-api-key': ''
  'unibell-webhook-app-key': ''
  'unibell-webhook-token': ''
  'revicom-token': ''
  'revicom-conversion-token': ''
  'bird-access-key': ''
  'bird-workspace-id': ''
  'bird-channel-id': ''
  'bird-webhook-signing-key': ''
  'lanck-token-id': ''
  'lanck-token-secret': ''
  'lanck-inbound-sms-token': ''
}
param secrets = values
param secretNames = objectKeys(values)
param otlpEndpoint = 'https://collector.example:4317'
param alertEmails = [
  'first@example.com'
  'second@example.com'
]
param probeLocations = [
  'emea-nl-ams-azr'
]
param monthlyBudget = 500
param budgetStart = '2026-11-01'
param maxDispatchesPerHour = 20000
param maxQueuedMessages = 50000
param dailyLogQuotaGb = -1
param logRetentionDays = 90
param logStorageCalls = true
param purgeProtection = true
