metadata description = 'Who is told, and of what. The queries read what the Functions host and the service log; no metric of ours is needed for them.'

param name string
param location string
param tags object

@description('The Log Analytics workspace.')
param workspaceId string

param emails string[]
param maxDispatchesPerHour int

var rules = [
  {
    name: 'server-errors'
    description: 'More than one call in fifty, and at least five, ended in a 5xx. 503 says that storage or a provider does not answer.'
    severity: 1
    query: '''
      AppRequests
      | where isnotempty(Url)
      | summarize Calls = sum(ItemCount), Failed = sumif(ItemCount, toint(ResultCode) >= 500)
      | where Failed >= 5 and Failed * 50 > Calls
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
    frequency: 'PT5M'
  }
  {
    name: 'poison-messages'
    description: 'A job failed for good: its request was ended, or a report or callback was given up.'
    severity: 1
    query: '''
      union
        (AppTraces | where Message has_cs "Message has reached MaxDequeueCount"),
        (AppTraces | where Message has_cs "failed for good")
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
    frequency: 'PT5M'
  }
  {
    name: 'sweep-lag'
    description: 'The timer, due every minute, has not finished once in ten: verifications are not ended and outcomes not reported.'
    severity: 1
    query: '''
      AppRequests
      | where Name == "Sweep" and Success
    '''
    measure: ''
    operator: 'LessThan'
    threshold: 1
    window: 'PT10M'
    frequency: 'PT5M'
  }
  {
    name: 'provider-failures'
    description: 'More than a quarter of the steps, and at least ten, found a provider that did not take them or did not answer clearly.'
    severity: 2
    query: '''
      let failed = toscalar(AppTraces
        | where (Message has_cs "did not take" and Message !has_cs "did not take step" and Message !has_cs "did not take the report") or Message has_cs "may or may not have placed"
        | summarize sum(ItemCount));
      AppRequests
      | where Name in ("Dispatch", "FlashCall")
      | summarize Steps = sum(ItemCount)
      | where failed >= 10 and failed * 4 > Steps
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    frequency: 'PT5M'
  }
  {
    name: 'provider-down'
    description: 'A provider is left alone for a while since it keeps failing, or it refuses this account: credentials, balance or contract.'
    severity: 1
    query: '''
      AppTraces
      | where Message has_cs "The circuit of" and Message has_cs "is open for" or Message has_cs "refuses this account"
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
    frequency: 'PT5M'
  }
  {
    name: 'dispatches-an-hour'
    description: 'More calls and messages than usual: a busy day, or somebody makes money from numbers that they own.'
    severity: 2
    query: '''
      AppRequests
      | where Name in ("Dispatch", "FlashCall") and Success
      | summarize Dispatches = sum(ItemCount)
    '''
    measure: 'Dispatches'
    operator: 'GreaterThan'
    threshold: maxDispatchesPerHour
    window: 'PT1H'
    frequency: 'PT15M'
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'flash'
    enabled: true
    emailReceivers: [
      for (email, i) in emails: {
        name: 'email-${i}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'alert-${rule.name}-${name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'FlashFunctions: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      autoMitigate: true
      // A new workspace has no tables yet, and the queries name them.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: empty(rule.measure) ? 'Count' : 'Total'
            metricMeasureColumn: empty(rule.measure) ? null : rule.measure
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [actionGroup.id]
      }
    }
  }
]

output actionGroupId string = actionGroup.id
