metadata description = 'FlashFunctions: everything that one environment of the service needs, in one resource group.'

targetScope = 'resourceGroup'

// --- What and where ---

@description('Short name of the service, part of every resource name: lower-case letters and digits.')
@minLength(2)
@maxLength(7)
param name string = 'flash'

@description('Which environment this is; part of every resource name.')
@allowed(['dev', 'prod'])
param environmentName string

@description('Region of every resource. Flex Consumption is not in all of them: az functionapp list-flexconsumption-locations.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags object = {}

// --- The app and its scale ---

@description('Memory of an instance, in MB. CPU grows with it.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances that the app scales out to.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('HTTP calls that one instance takes at a time before another one starts.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 100

@description('Messages that one instance takes from a queue at a time: queueBatchSize, and the next ones when only queueNewBatchThreshold are left. Each queue function scales by itself.')
@minValue(1)
@maxValue(32)
param queueBatchSize int = 32

@minValue(0)
param queueNewBatchThreshold int = 64

@description('Instances that always run: the group http, or one function as function:Dispatch. They spare callers the cold start, and cost when idle.')
param alwaysReady alwaysReadyInstances[] = []

@description('Spreads the plan and the storage account over availability zones, where the region has them.')
param zoneRedundant bool = false

@description('The address under which providers reach the service, without a path. Empty: the app\'s own host name.')
param publicAddress string = ''

// --- What the service does ---

@description('The providers in use. One that is left out has no credentials, and nothing is routed to it.')
param providers providerName[]

@description('Base address of Lanck\'s API, ending in /v1: it has no default. Needed when lanck is in use.')
param lanckBaseAddress string = ''

@description('Secrets in use that a provider can do without. Without its own token for conversions Revicom gets the one for messages; without a token for inbound SMS those of Lanck are refused.')
param optionalSecrets optionalSecret[] = []

@description('Ids of service keys that were replaced and are still accepted, the latest first, 1 to 16 letters or digits each: their values are the secrets security-service-key-ID.')
param previousServiceKeyIds string[] = []

@description('Ids of the code keys that may be in use, 1 to 16 letters or digits each: the active one, and one that was rotated out less than a day ago.')
@minLength(1)
param codeKeyIds string[] = ['k1']

@description('The code key that new requests use; one of codeKeyIds.')
param activeCodeKeyId string = 'k1'

@description('Order of providers by channel, as { call: \'unibell,revicom\' }. A channel that is not named keeps the default.')
param routing object = {}

@description('Order of providers by country and channel, before routing.')
param countryRouting countryRoute[] = []

@description('Steps of a verification that names a method and no workflow, by method, as { call: [{ method: \'call\', wait: 20 }, { method: \'sms\' }] }.')
param workflows object = {}

@description('The same by country, before workflows.')
param countryWorkflows countryWorkflow[] = []

@description('Numbers that call no provider, with their codes of six digits.')
param testNumbers testNumber[] = []

@description('What the providers charge; only accounts with a daily cap need it.')
param prices price[] = []

@description('Values for any app setting that the service reads, by the setting\'s name: they replace what modules/settings.bicep says.')
param settings object = {}

@description('Secrets to write to the vault, by name. What is empty or absent stays as it is in the vault, so that only the first deployment and a rotation need them.')
@secure()
param secrets object = {}

// --- Watching it ---

@description('Address of an OpenTelemetry collector (OTLP); empty: none.')
param otlpEndpoint string = ''

@description('Whom alerts are mailed to.')
param alertEmails string[] = []

@description('The month\'s budget for this resource group, in the currency of the subscription. The providers\' own bills are not in it: maxDispatchesPerHour watches those.')
@minValue(1)
param monthlyBudget int = 100

@description('First month of the budget, its first day.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('Calls and messages in an hour above which an alert is sent: the expensive thing here is what the providers bill.')
@minValue(1)
param maxDispatchesPerHour int = 5000

@description('Logs per day, in GB, at which ingestion stops until the next day; -1 is no limit.')
param dailyLogQuotaGb int = 5

@description('How long logs are kept, in days; 30 are free of charge.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Nobody can delete the vault\'s content for good before its retention is over. Cannot be switched off again.')
param purgeProtection bool = true

@description('An instance count for the group http or for one function.')
type alwaysReadyInstances = {
  name: string
  instanceCount: int
}

type optionalSecret = 'revicom-conversion-token' | 'lanck-inbound-sms-token'

type providerName = 'unibell' | 'revicom' | 'bird' | 'lanck'

@description('Where calls or messages of one channel to one country go.')
type countryRoute = {
  @description('Two letters.')
  country: string
  channel: string
  @description('Names separated by commas.')
  providers: string
}

@description('The steps of a method in one country.')
type countryWorkflow = {
  @description('Two letters.')
  country: string
  method: string
  @description('As the API takes them.')
  steps: object[]
}

@description('What is absent means any.')
type price = {
  provider: string?
  @description('A channel or a product.')
  product: string?
  @description('The first digits of the number.')
  prefix: string?
  @description('Of one call, message or look-up, with a decimal point.')
  price: string
  @description('Three capital letters.')
  currency: string
}

type testNumber = {
  @description('E.164.')
  number: string

  @description('4 to 6 digits.')
  code: string

  @description('What becomes of what is sent to it; verified if absent.')
  outcome: ('verified' | 'undelivered' | 'busy' | 'answered' | 'late' | 'down' | 'blocked')?

  @description('After how many seconds that is reported: 0 to 600.')
  delay: int?
}

var suffix = uniqueString(resourceGroup().id, name, environmentName)
var base = '${name}-${environmentName}-${suffix}'
var allTags = union(tags, { service: 'flashfunctions', environment: environmentName })
var appName = 'func-${base}'

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-${base}'
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: base
    location: location
    tags: allTags
    principalId: identity.outputs.principalId
    dailyQuotaGb: dailyLogQuotaGb
    retentionDays: logRetentionDays
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${name}${suffix}'
    location: location
    tags: allTags
    principalId: identity.outputs.principalId
    zoneRedundant: zoneRedundant
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${name}-${suffix}'
    location: location
    tags: allTags
    principalId: identity.outputs.principalId
    purgeProtection: purgeProtection
    secrets: secrets
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: appName
    planName: 'plan-${base}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    deploymentContainerUri: storage.outputs.deploymentContainerUri
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReady: alwaysReady
    zoneRedundant: zoneRedundant
  }
}

module providerSettings 'modules/providerSettings.bicep' = {
  name: 'provider-settings'
  params: {
    vaultName: vault.outputs.name
    providers: providers
    lanckBaseAddress: lanckBaseAddress
    optionalSecrets: optionalSecrets
  }
}

module appSettings 'modules/settings.bicep' = {
  name: 'settings'
  params: {
    appName: app.outputs.name
    publicAddress: empty(publicAddress) ? 'https://${app.outputs.hostName}' : publicAddress
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    tableServiceUri: storage.outputs.tableServiceUri
    queueServiceUri: storage.outputs.queueServiceUri
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    otlpEndpoint: otlpEndpoint
    vaultName: vault.outputs.name
    previousServiceKeyIds: previousServiceKeyIds
    codeKeyIds: codeKeyIds
    activeCodeKeyId: activeCodeKeyId
    queueBatchSize: queueBatchSize
    queueNewBatchThreshold: queueNewBatchThreshold
    routing: routing
    countryRouting: countryRouting
    workflows: workflows
    countryWorkflows: countryWorkflows
    testNumbers: testNumbers
    prices: prices
    providerSettings: providerSettings.outputs.settings
    overrides: settings
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: base
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    emails: alertEmails
    maxDispatchesPerHour: maxDispatchesPerHour
  }
}

module budget 'modules/budget.bicep' = {
  name: 'budget'
  params: {
    name: 'budget-${base}'
    amount: monthlyBudget
    startDate: budgetStart
    emails: alertEmails
    actionGroupId: alerts.outputs.actionGroupId
  }
}

output appName string = app.outputs.name
output address string = 'https://${app.outputs.hostName}'
output vaultName string = vault.outputs.name
output storageAccountName string = storage.outputs.name
output workspaceName string = monitoring.outputs.workspaceName
