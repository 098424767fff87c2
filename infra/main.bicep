metadata description = 'FlashFunctions: everything that one environment of the service needs, in one resource group.'

targetScope = 'resourceGroup'

import {
  alwaysReadyInstances
  countryRoute
  countryWorkflow
  optionalSecret
  price
  providerName
  testNumber
} from 'types.bicep'

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

@description('HTTP calls that one instance takes at a time before another one starts; by default the platform\'s own figure, which grows with the memory. Measure before you raise it.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int?

@description('Messages that one instance takes from a queue at a time: queueBatchSize, and the next ones when only queueNewBatchThreshold are left. Each queue function scales by itself.')
@minValue(1)
@maxValue(32)
param queueBatchSize int = 32

@minValue(0)
param queueNewBatchThreshold int = 64

@description('Instances that always run: the group http, or one function as function:Dispatch. They spare callers the cold start, and cost when idle.')
param alwaysReady alwaysReadyInstances[] = []

@description('Spreads the plan and the storage accounts over availability zones, where the region has them. The platform then keeps, and bills, two always-ready instances of every scale group, named in alwaysReady or not: docs/deployment.md says what that costs.')
param zoneRedundant bool = false

@description('What an update does to running instances. RollingUpdate lets them finish what they do and is a preview of the platform\'s; Recreate cuts it off.')
@allowed(['RollingUpdate', 'Recreate'])
param siteUpdateStrategy string = 'RollingUpdate'

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
@secure()
param settings object = {}

@description('The names of what is in settings. Given in the parameter file, they let a preview show all other settings.')
// The names are no secret.
#disable-next-line secure-secrets-in-params
param settingNames string[] = objectKeys(settings)

@description('Values of the secrets that secretNames lists, by name.')
@secure()
param secrets object = {}

@description('Secrets to write to the vault. What is not listed stays as it is there, so that only the first deployment and a rotation need them.')
param secretNames string[] = []

// --- Watching it ---

@description('Address of an OpenTelemetry collector (OTLP); empty: none.')
param otlpEndpoint string = ''

@description('How many traces a second an instance exports; measurements, and logs of the service itself, are never sampled.')
@minValue(1)
param tracesPerSecond int = 5

@description('Whom alerts are mailed to. Needed in prod, which would else fail silently.')
param alertEmails string[] = []

@description('Where /healthz is asked from, every five minutes, by the ids of Application Insights\' locations, as emea-nl-ams-azr. Each costs about $5 a month; without any, nobody notices that the app cannot be reached.')
param probeLocations string[] = []

@description('The month\'s budget for this resource group, in the currency of the subscription; 0: none. The providers\' own bills are not in it: maxDispatchesPerHour watches those.')
@minValue(0)
param monthlyBudget int = 100

@description('The first day of the budget\'s first month, which cannot be changed later: deploy.sh passes that of the budget that there is. Empty: the budget is left as it is, or not made.')
param budgetStart string = ''

@description('Calls and messages in an hour above which an alert is sent: the expensive thing here is what the providers bill.')
@minValue(1)
param maxDispatchesPerHour int = 5000

@description('Messages in all queues together, delayed ones included, above which an alert is sent. The platform counts them once an hour.')
@minValue(1)
param maxQueuedMessages int = 10000

@description('Logs per day, in GB, at which ingestion stops until the next day; -1 is no limit.')
param dailyLogQuotaGb int = 5

@description('How long logs are kept, in days; 30 are free of charge.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Logs every call of the service\'s own tables, queues and blobs. Some 20 KB a verification: to look into something, not to leave on.')
param logStorageCalls bool = false

@description('Nobody can delete the vault\'s content for good before its retention is over. Cannot be switched off again.')
param purgeProtection bool = true

var suffix = uniqueString(resourceGroup().id, name, environmentName)
var base = '${name}-${environmentName}-${suffix}'
var allTags = union(tags, { service: 'flashfunctions', environment: environmentName })

var tooFewForZones = filter(alwaysReady, instances => instances.instanceCount < 2)
var checkedAlwaysReady = zoneRedundant && !empty(tooFewForZones)
  ? fail('zoneRedundant needs an instanceCount of at least 2 for ${join(map(tooFewForZones, instances => instances.name), ', ')}.')
  : alwaysReady
var checkedEmails = environmentName == 'prod' && empty(filter(alertEmails, email => !empty(email)))
  ? fail('prod needs alertEmails: somebody has to be told when it breaks.')
  : alertEmails
var checkedLanckAddress = contains(providers, 'lanck') && empty(lanckBaseAddress)
  ? fail('lanckBaseAddress is needed while providers names lanck.')
  : lanckBaseAddress

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
    identityName: identity.outputs.name
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
    identityName: identity.outputs.name
    zoneRedundant: zoneRedundant
    workspaceId: monitoring.outputs.workspaceId
    logCalls: logStorageCalls
  }
}

module package 'modules/package.bicep' = {
  name: 'package'
  params: {
    name: 'stp${name}${suffix}'
    identityName: 'id-${base}-package'
    location: location
    tags: allTags
    zoneRedundant: zoneRedundant
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${name}-${suffix}'
    location: location
    tags: allTags
    identityName: identity.outputs.name
    purgeProtection: purgeProtection
    secrets: secrets
    secretNames: secretNames
    workspaceId: monitoring.outputs.workspaceId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: 'func-${base}'
    planName: 'plan-${base}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    packageIdentityId: package.outputs.identityId
    packageContainerUri: package.outputs.containerUri
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReady: checkedAlwaysReady
    zoneRedundant: zoneRedundant
    siteUpdateStrategy: siteUpdateStrategy
  }
}

module providerSettings 'modules/providerSettings.bicep' = {
  name: 'provider-settings'
  params: {
    vaultName: vault.outputs.name
    providers: providers
    lanckBaseAddress: checkedLanckAddress
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
    tracesPerSecond: tracesPerSecond
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
    overrideNames: settingNames
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: base
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    storageAccountName: storage.outputs.name
    emails: checkedEmails
    maxDispatchesPerHour: maxDispatchesPerHour
    maxQueuedMessages: maxQueuedMessages
  }
}

module probe 'modules/probe.bicep' = if (!empty(probeLocations)) {
  name: 'probe'
  params: {
    name: base
    location: location
    tags: allTags
    insightsName: monitoring.outputs.insightsName
    address: 'https://${app.outputs.hostName}'
    locations: probeLocations
    actionGroupId: alerts.outputs.actionGroupId
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0 && !empty(budgetStart)) {
  name: 'budget'
  params: {
    name: 'budget-${base}'
    amount: monthlyBudget
    startDate: budgetStart
    emails: checkedEmails
    actionGroupId: alerts.outputs.actionGroupId
  }
}

output appName string = app.outputs.name
output address string = 'https://${app.outputs.hostName}'
output vaultName string = vault.outputs.name
output storageAccountName string = storage.outputs.name
output workspaceName string = monitoring.outputs.workspaceName
