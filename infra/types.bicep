metadata description = 'The types of main.bicep\'s parameters.'

@export()
@description('An instance count for the group http or for one function, as function:Dispatch.')
type alwaysReadyInstances = {
  name: string
  @minValue(1)
  instanceCount: int
}

@export()
type optionalSecret = 'revicom-conversion-token' | 'lanck-inbound-sms-token'

@export()
type providerName = 'unibell' | 'revicom' | 'bird' | 'lanck'

@export()
@description('Where calls or messages of one channel to one country go.')
type countryRoute = {
  @description('Two letters.')
  country: string
  channel: string
  @description('Names separated by commas.')
  providers: string
}

@export()
@description('The steps of a method in one country.')
type countryWorkflow = {
  @description('Two letters.')
  country: string
  method: string
  @description('As the API takes them.')
  steps: object[]
}

@export()
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

@export()
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
