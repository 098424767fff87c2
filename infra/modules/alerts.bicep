metadata description = 'Who is told, and of what.'

param name string
param location string
param tags object

@description('The Log Analytics workspace.')
param workspaceId string

param storageAccountName string
param emails string[]
param maxDispatchesPerHour int
param maxQueuedMessages int

// Measurements are not sampled, unlike requests, dependencies and the log lines of sampled calls: every query counts them. Ingestion
// stops for all tables but _LogOperation when the day's limit of logs is reached, hence the rule on that, and the probe beside these.
var rules = [
  {
    name: 'server-errors'
    description: 'More than one call of the API in fifty, and at least five, ended in a 5xx: storage or a provider does not answer, or the service failed.'
    severity: 1
    query: '''
      AppMetrics
      | where Name == "flashfunctions.api.calls"
      | summarize Calls = sum(Sum), Failed = sumif(Sum, tostring(Properties.outcome) in ("error_50", "exception"))
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
    description: 'A job failed for good: its request was ended, or a report or callback was given up or put off.'
    severity: 1
    query: '''
      AppMetrics
      | where Name == "flashfunctions.poison"
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
    frequency: 'PT5M'
  }
  {
    name: 'sweep-lag'
    description: 'The timer, due every minute, has not begun a run less than ten minutes behind the clock for 15 minutes: verifications are not ended and outcomes not reported.'
    severity: 1
    query: '''
      AppMetrics
      | where Name == "flashfunctions.sweep.lag" and Sum < 600
    '''
    measure: ''
    operator: 'LessThan'
    threshold: 1
    window: 'PT15M'
    frequency: 'PT5M'
  }
  {
    name: 'provider-failures'
    description: 'More than a quarter of the attempts, and at least ten, found a provider that did not take them or did not answer clearly.'
    severity: 2
    query: '''
      AppMetrics
      | where Name == "flashfunctions.attempts"
      | summarize Attempts = sum(Sum), Failed = sumif(Sum, tostring(Properties.outcome) in ("not_sent", "unclear"))
      | where Failed >= 10 and Failed * 4 > Attempts
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    frequency: 'PT15M'
  }
  {
    name: 'provider-down'
    description: 'A provider is passed over for a while since it keeps failing, or it refuses this account: credentials, balance or contract.'
    severity: 1
    query: '''
      AppMetrics
      | where Name == "flashfunctions.circuit.open" and Sum > 0 or Name == "flashfunctions.provider.account.refusals"
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
    frequency: 'PT5M'
  }
  {
    name: 'route-failing'
    description: 'A provider takes calls or messages to a mobile operator, and far fewer verify than in the week before: see GET /manage/routes/failing.'
    severity: 2
    query: '''
      AppMetrics
      | where Name == "flashfunctions.routes.failing" and Sum > 0
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
      AppMetrics
      | where Name == "flashfunctions.attempts" and tostring(Properties.outcome) in ("accepted", "unclear")
      | summarize Dispatches = sum(Sum)
    '''
    measure: 'Dispatches'
    operator: 'GreaterThan'
    threshold: maxDispatchesPerHour
    window: 'PT1H'
    frequency: 'PT15M'
  }
  {
    name: 'log-limit'
    description: 'The day\'s limit of logs is reached: until tomorrow nothing is logged, and of the alerts only those of the platform\'s own metrics work.'
    severity: 1
    query: '''
      _LogOperation
      | where Category =~ "Ingestion" and Detail has "OverQuota"
    '''
    measure: ''
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    frequency: 'PT15M'
  }
]

resource storageQueues 'Microsoft.Storage/storageAccounts/queueServices@2023-05-01' existing = {
  name: '${storageAccountName}/default'
}

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

// The platform counts the messages of all queues of the account together, and once an hour: this is for jobs that nobody takes at all.
resource backlog 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-queue-backlog-${name}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages pile up in the queues: nobody takes them, or callbacks wait for receivers that do not answer.'
    severity: 2
    enabled: true
    scopes: [storageQueues.id]
    evaluationFrequency: 'PT1H'
    windowSize: 'PT1H'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'messages'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Storage/storageAccounts/queueServices'
          metricName: 'QueueMessageCount'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: maxQueuedMessages
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}

output actionGroupId string = actionGroup.id
