metadata description = 'Asks /healthz from outside: does the app start, answer and reach its store, and does the timer keep up. Its results are metrics, which no daily limit of logs drops.'

param name string
param location string
param tags object
param insightsName string

@description('The app\'s address, without a path.')
param address string

@description('Ids of the locations of Application Insights\' standard tests.')
param locations string[]

param actionGroupId string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'probe-${name}'
  location: location
  tags: union(tags, { 'hidden-link:${insights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    Name: 'FlashFunctions: healthz'
    SyntheticMonitorId: 'probe-${name}'
    Description: 'Answers 503 when the store does not answer, or when the timer has fallen ten minutes behind.'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    // A start from nothing is no failure.
    Timeout: 60
    RetryEnabled: true
    Locations: [
      for id in locations: {
        Id: id
      }
    ]
    Request: {
      RequestUrl: '${address}/healthz?sweepWithin=600'
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-probe-${name}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app does not answer from outside, or says that its store or its timer does not work.'
    severity: 1
    enabled: true
    scopes: [
      test.id
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: insights.id
      failedLocationCount: min(2, length(locations))
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}
