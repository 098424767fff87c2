metadata description = 'The storage account of the data: the service\'s tables and queues, and the host\'s own blobs. Keys are switched off.'

@maxLength(24)
param name string
param location string
param tags object

@description('Who reads and writes.')
param identityName string

param zoneRedundant bool

@description('Where calls are logged, if they are.')
param workspaceId string

param logCalls bool

var tables = [
  'Requests'
  'Guard'
  'References'
  'Idempotency'
  'Accounts'
  'Tokens'
  'Statistics'
  'Routes'
  'Sweep'
  'InboundMessages'
  'DeadLetters'
  'Spend'
  'Index'
  'Fraud'
  'TestNumbers'
]

var queues = [
  'flash-dispatch'
  'flash-reports'
  'flash-callbacks'
]

// The host keeps leases, keys and timers in blobs, in containers that it makes itself, and asks for owner.
var roles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
]

var loggedCalls = [
  for category in ['StorageRead', 'StorageWrite', 'StorageDelete']: {
    category: category
    enabled: true
  }
]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Allow'
    }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01' = [
  for tableName in tables: {
    parent: tableService
    name: tableName
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [
  for queueName in queues: {
    parent: queueService
    name: queueName
  }
]

resource poisonQueue 'Microsoft.Storage/storageAccounts/queueServices/queues@2023-05-01' = [
  for queueName in queues: {
    parent: queueService
    name: '${queueName}-poison'
  }
]

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(account.id, identity.id, role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource blobLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logCalls) {
  name: 'calls'
  scope: blobService
  properties: {
    workspaceId: workspaceId
    logs: loggedCalls
  }
}

resource tableLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logCalls) {
  name: 'calls'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: loggedCalls
  }
}

resource queueLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logCalls) {
  name: 'calls'
  scope: queueService
  properties: {
    workspaceId: workspaceId
    logs: loggedCalls
  }
}

output name string = account.name
output tableServiceUri string = account.properties.primaryEndpoints.table
output queueServiceUri string = account.properties.primaryEndpoints.queue
