metadata description = 'Every setting that the app and its host read. The literals are the defaults of the code; the parameter settings of main.bicep replaces any of them.'

param appName string
param publicAddress string
param identityClientId string
param storageAccountName string
param tableServiceUri string
param queueServiceUri string
param applicationInsightsConnectionString string
param otlpEndpoint string
param tracesPerSecond int
param vaultName string
param previousServiceKeyIds string[]
param codeKeyIds string[]
param activeCodeKeyId string
param queueBatchSize int
param queueNewBatchThreshold int

@description('Order of providers by channel.')
param routing object

@description('Objects of country, channel and providers.')
param countryRouting array

@description('Lists of steps by method.')
param workflows object

@description('Objects of country, method and steps.')
param countryWorkflows array

@description('Objects of number, code and, where they matter, outcome and delay.')
param testNumbers array

@description('Objects of price, currency and, where they matter, provider, product and prefix.')
param prices array

@description('Settings of the providers, by name.')
param providerSettings object

@description('Values that replace the ones here, by name.')
@secure()
param overrides object

@description('Their names.')
param overrideNames string[]

func secretOf(vault string, secretName string) string =>
  '@Microsoft.KeyVault(VaultName=${vault};SecretName=${secretName})'

// The Functions host: its own storage, how many messages an instance takes, and no page of its own at /.
var hostSettings = {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureFunctionsJobHost__extensions__queues__batchSize: string(queueBatchSize)
  AzureFunctionsJobHost__extensions__queues__newBatchThreshold: string(queueNewBatchThreshold)
  AzureWebJobsDisableHomepage: 'true'
}

var telemetrySettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  OTEL_SERVICE_NAME: 'flashfunctions'
  // The host asks six queues four times a second; each time would be a trace of its own, and use up what is kept.
  AZURE_TRACING_DISABLED: 'true'
  DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION: 'false'
  OTEL_TRACES_SAMPLER: 'microsoft.rate_limited'
  OTEL_TRACES_SAMPLER_ARG: string(tracesPerSecond)
}

var collectorSettings = empty(otlpEndpoint)
  ? {}
  : {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc'
    }

// Credential is read by the host alone, the rest by host and service.
var storageSettings = {
  Storage__tableServiceUri: tableServiceUri
  Storage__queueServiceUri: queueServiceUri
  Storage__credential: 'managedidentity'
  Storage__clientId: identityClientId
  Storage__createAtStart: 'false'
  Storage__tryTimeout: '00:00:03'
  Storage__retries: '2'
  Storage__retryDelay: '00:00:00.100'
  Storage__maxRetryDelay: '00:00:01'
  Storage__deadline: '00:00:08'
}

var serviceSettings = {
  Service__PublicAddress: publicAddress
  Verification__Brand: 'Verification'
  Verification__RingTimeoutSeconds: '30'
  Verification__ReportTimeoutSeconds: '600'
  Guard__WrongCodesPerRequest: '5'
  Guard__WrongCodesPerDay: '10'
  Guard__CoolDownSeconds: '30'
  Guard__SendsPerTenMinutes: '5'
  Guard__SendsPerDay: '10'
  Guard__BlockedPrefixes: ''
  Guard__FraudCheck: 'false'
  Fraud__MessagesPerTenMinutes: '5'
  Fraud__MessagesPerDay: '20'
  Numbers__RequireAssignedRange: 'true'
  Callbacks__AllowLoopback: 'false'
  Callbacks__AllowedPorts: ''
  Spend__SpeechCharactersPerSecond: '12'
  Spend__SpeechSeconds: '30'
  Sweep__RetentionDays: '30'
  Sweep__TextHours: '24'
  Sweep__Parallelism: '16'
}

var securitySettings = union(
  {
    Security__ServiceKey: secretOf(vaultName, 'security-service-key')
    Security__ActiveCodeKey: activeCodeKeyId
  },
  toObject(
    range(0, length(previousServiceKeyIds)),
    i => 'Security__PreviousServiceKeys__${i}',
    i => secretOf(vaultName, 'security-service-key-${previousServiceKeyIds[i]}')
  ),
  toObject(codeKeyIds, id => 'Security__CodeKeys__${id}', id => secretOf(vaultName, 'security-code-key-${id}'))
)

var routingSettings = union(
  {
    Routing__Mode: 'ordered'
    Routing__Value: ''
    Routing__Exploration: '0.05'
    Routing__HalfLife: '06:00:00'
  },
  toObject(items(routing), entry => 'Routing__Order__${entry.key}', entry => entry.value),
  toObject(
    countryRouting,
    route => 'Routing__Country__${route.country}__${route.channel}',
    route => route.providers
  )
)

var workflowSettings = union(
  toObject(items(workflows), entry => 'Workflows__Default__${entry.key}', entry => string(entry.value)),
  toObject(
    countryWorkflows,
    workflow => 'Workflows__Country__${workflow.country}__${workflow.method}',
    workflow => string(workflow.steps)
  )
)

var testNumberSettings = union(
  toObject(range(0, length(testNumbers)), i => 'TestNumbers__${i}__Number', i => testNumbers[i].number),
  toObject(range(0, length(testNumbers)), i => 'TestNumbers__${i}__Code', i => testNumbers[i].code),
  toObject(
    filter(range(0, length(testNumbers)), i => contains(testNumbers[i], 'outcome')),
    i => 'TestNumbers__${i}__Outcome',
    i => testNumbers[i].outcome
  ),
  toObject(
    filter(range(0, length(testNumbers)), i => contains(testNumbers[i], 'delay')),
    i => 'TestNumbers__${i}__Delay',
    i => string(testNumbers[i].delay)
  )
)

// An empty text is not an absent one.
var priceSettings = union(
  toObject(
    filter(range(0, length(prices)), i => contains(prices[i], 'provider')),
    i => 'Prices__${i}__Provider',
    i => prices[i].provider
  ),
  toObject(
    filter(range(0, length(prices)), i => contains(prices[i], 'product')),
    i => 'Prices__${i}__Product',
    i => prices[i].product
  ),
  toObject(
    filter(range(0, length(prices)), i => contains(prices[i], 'prefix')),
    i => 'Prices__${i}__Prefix',
    i => prices[i].prefix
  ),
  toObject(range(0, length(prices)), i => 'Prices__${i}__Price', i => prices[i].price),
  toObject(range(0, length(prices)), i => 'Prices__${i}__Currency', i => prices[i].currency)
)

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(
    hostSettings,
    telemetrySettings,
    collectorSettings,
    storageSettings,
    serviceSettings,
    securitySettings,
    routingSettings,
    workflowSettings,
    testNumberSettings,
    priceSettings,
    providerSettings,
    toObject(overrideNames, name => name, name => overrides[name])
  )
}
