metadata description = 'The settings of the four providers. One that is not in use gets its addresses and limits, and no credentials: that disables it.'

param vaultName string
param providers string[]
param lanckBaseAddress string

@description('The secrets that are in the vault though their provider could do without them.')
param optionalSecrets string[]

func secretOf(vault string, used bool, secretName string) string =>
  used ? '@Microsoft.KeyVault(VaultName=${vault};SecretName=${secretName})' : ''

var unibell = contains(providers, 'unibell')
var revicom = contains(providers, 'revicom')
var bird = contains(providers, 'bird')
var lanck = contains(providers, 'lanck')

var unibellSettings = {
  Providers__Unibell__BaseAddress: 'https://api.unibell.ru'
  Providers__Unibell__ApiKey: secretOf(vaultName, unibell, 'unibell-api-key')
  Providers__Unibell__WebhookAppKey: secretOf(vaultName, unibell, 'unibell-webhook-app-key')
  Providers__Unibell__WebhookToken: secretOf(vaultName, unibell, 'unibell-webhook-token')
  Providers__Unibell__RequestsPerSecond: '28'
  Providers__Unibell__AttemptTimeout: '00:00:15'
  Providers__Unibell__ConcurrentCalls: '32'
  Providers__Unibell__Circuit__FailureRatio: '0.5'
  Providers__Unibell__Circuit__MinimumThroughput: '5'
  Providers__Unibell__Circuit__SamplingDuration: '00:00:30'
  Providers__Unibell__Circuit__BreakDuration: '00:00:15'
}

var revicomSettings = {
  Providers__Revicom__BaseAddress: 'https://direct.revicom.ltd'
  Providers__Revicom__Token: secretOf(vaultName, revicom, 'revicom-token')
  Providers__Revicom__ConversionBaseAddress: 'https://direct.i-dgtl.ru'
  Providers__Revicom__ConversionToken: secretOf(
    vaultName,
    revicom && contains(optionalSecrets, 'revicom-conversion-token'),
    'revicom-conversion-token'
  )
  Providers__Revicom__SenderName: 'FlashFunctions'
  Providers__Revicom__Tags: ''
  Providers__Revicom__CallbackEvents: 'sent,delivered'
  Providers__Revicom__MaxCodeLength: '4'
  Providers__Revicom__StepWait: '00:01:10'
  Providers__Revicom__RequestsPerSecond: '100'
  Providers__Revicom__AttemptTimeout: '00:00:15'
  Providers__Revicom__ConcurrentCalls: '32'
  Providers__Revicom__Circuit__FailureRatio: '0.5'
  Providers__Revicom__Circuit__MinimumThroughput: '5'
  Providers__Revicom__Circuit__SamplingDuration: '00:00:30'
  Providers__Revicom__Circuit__BreakDuration: '00:00:15'
}

var birdSettings = {
  Providers__Bird__BaseAddress: 'https://api.bird.com'
  Providers__Bird__AccessKey: secretOf(vaultName, bird, 'bird-access-key')
  Providers__Bird__WorkspaceId: secretOf(vaultName, bird, 'bird-workspace-id')
  Providers__Bird__ChannelId: secretOf(vaultName, bird, 'bird-channel-id')
  Providers__Bird__WebhookSigningKey: secretOf(vaultName, bird, 'bird-webhook-signing-key')
  Providers__Bird__CallerNumbers: ''
  Providers__Bird__AssumedTails: '0'
  Providers__Bird__RequestsPerSecond: '100'
  Providers__Bird__AttemptTimeout: '00:00:15'
  Providers__Bird__ConcurrentCalls: '32'
  Providers__Bird__Circuit__FailureRatio: '0.5'
  Providers__Bird__Circuit__MinimumThroughput: '5'
  Providers__Bird__Circuit__SamplingDuration: '00:00:30'
  Providers__Bird__Circuit__BreakDuration: '00:00:15'
}

var lanckSettings = {
  Providers__Lanck__BaseAddress: lanckBaseAddress
  Providers__Lanck__TokenId: secretOf(vaultName, lanck, 'lanck-token-id')
  Providers__Lanck__TokenSecret: secretOf(vaultName, lanck, 'lanck-token-secret')
  Providers__Lanck__InboundSmsToken: secretOf(
    vaultName,
    lanck && contains(optionalSecrets, 'lanck-inbound-sms-token'),
    'lanck-inbound-sms-token'
  )
  Providers__Lanck__RequestsPerSecond: '28'
  Providers__Lanck__AttemptTimeout: '00:00:15'
  Providers__Lanck__ConcurrentCalls: '32'
  Providers__Lanck__Circuit__FailureRatio: '0.5'
  Providers__Lanck__Circuit__MinimumThroughput: '5'
  Providers__Lanck__Circuit__SamplingDuration: '00:00:30'
  Providers__Lanck__Circuit__BreakDuration: '00:00:15'
}

output settings object = union(unibellSettings, revicomSettings, birdSettings, lanckSettings)
