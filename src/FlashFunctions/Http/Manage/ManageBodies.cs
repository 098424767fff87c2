using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Http.Manage;

/// <summary>A page of something; <paramref name="Next"/>, its last field, is the <c>after</c> of the next page, null on the last.</summary>
internal abstract record PageBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonPropertyOrder(1)] string? Next);

/// <summary>An amount of money.</summary>
internal sealed record MoneyBody(decimal Amount, string Currency)
{
    public static MoneyBody Of(long units, string currency) => new(Money.FromUnits(units), currency);

    public static MoneyBody? Of(SpendCap? amount) => amount is null ? null : new(amount.Amount, amount.Currency);
}

/// <summary>What was done to something that has nothing further to show.</summary>
internal sealed record DoneBody(string Id, string Done)
{
    /// <summary>The answer to a deletion.</summary>
    public static IResult Deleted(string id, Problem? problem) =>
        problem is null ? Answer.Of(new DoneBody(id, "deleted")) : new ProblemAnswer(problem);
}

/// <summary>An account as operators see it.</summary>
/// <param name="account">The account.</param>
/// <param name="newSecret">A callback secret that was made just now; it is not shown again.</param>
/// <param name="spent">What has been counted under the cap today (UTC); null in lists and where there is no cap.</param>
internal readonly struct AccountBody(Account account, WebhookSecret? newSecret = null, SpendDay? spent = null)
{
    public string Id => account.Id;
    public string Name => account.Name;
    public bool Active => account.IsActive;
    public long? CreatedAt => account.CreatedAt?.ToUnixTimeMilliseconds();

    /// <summary>When what it had open was last stopped; absent: never.</summary>
    public long? StoppedAt => account.StoppedAt?.ToUnixTimeMilliseconds();

    public int RatePerSecond => account.RatePerSecond;
    public IReadOnlyList<string> Senders => account.Senders;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public MoneyBody? DailyCap => MoneyBody.Of(account.DailyCap);

    public MoneyBody? SpentToday => spent is null ? null : MoneyBody.Of(spent.Units, spent.Currency);
    public IEnumerable<StepBody> Workflow => account.Workflow.Select(step => new StepBody(step));
    public IReadOnlyList<string> Numbers => account.Numbers;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? InboundSmsAddress => account.InboundSmsAddress;

    /// <summary>What the account changed of the fraud guard; absent: nothing.</summary>
    public JsonObject? Fraud => account.Fraud is { } policy ? FraudBodies.Of(policy) : null;

    public int Tokens => account.KeyIds.Count;

    /// <summary>How many callback secrets are live: 2 during a rotation.</summary>
    public int CallbackSecrets => account.CallbackSecrets.Count;

    public string? NewCallbackSecret => newSecret?.Reveal();

    public static AccountBody Of(ChangedAccount changed) => new(changed.Account, changed.NewSecret);
}

/// <summary>A step of an account's default workflow, as verify takes it.</summary>
internal readonly struct StepBody(WorkflowStep step)
{
    public string Method => ApiNames.Of(step.Channel);
    public string? Provider => step.Provider;
    public int? Wait => (int?)step.Wait?.TotalSeconds;
    public string Condition => step.Condition == StepCondition.Delivered ? "delivered" : "verified";
}

/// <summary>A page of accounts.</summary>
internal sealed record AccountsBody(IEnumerable<AccountBody> Accounts, string? Next) : PageBody(Next)
{
    public static AccountsBody Of(Page<Account> page) => new(page.Items.Select(account => new AccountBody(account)), page.Next);
}

/// <summary>What was ended when an account was stopped.</summary>
internal sealed record StopBody(string Account, StoppedBody Stopped)
{
    public static StopBody Of(Stopped stopped) =>
        new(stopped.Account, new StoppedBody(stopped.Verifications, stopped.Calls, stopped.Messages));
}

/// <summary>How many requests were ended, by what they were.</summary>
internal sealed record StoppedBody(int Verifications, int Calls, int Messages);

/// <summary>A token. Its secret is there only in the answer that created it.</summary>
internal readonly struct TokenBody(AccessToken token, string? secret = null)
{
    public string KeyId => token.KeyId;
    public string Account => token.Account;
    public bool Active => token.IsActive;
    public bool Trusted => token.MayTrust;
    public string? Label => token.Label;
    public long? CreatedAt => token.CreatedAt?.ToUnixTimeMilliseconds();
    public string? Secret => secret;

    public static TokenBody Of(ChangedToken changed) => new(changed.Token, changed.Secret);
}

/// <summary>A page of an account's tokens.</summary>
internal sealed record TokensBody(IEnumerable<TokenBody> Tokens, string? Next) : PageBody(Next)
{
    public static TokensBody Of(Page<AccessToken> page) => new(page.Items.Select(token => new TokenBody(token)), page.Next);
}

/// <summary>A request that was searched for.</summary>
internal readonly struct FoundRequestBody(RequestRecord request)
{
    public string Id => request.Id.Text;
    public string Account => request.Account;
    public string Product => request.Product;
    public string Number => request.Number.E164;
    public string Country => request.Country;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Provider => SearchUseCase.ProviderOf(request);

    public string Status => RequestBody.StatusOf(request);

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Result => request.Verification is { } verification ? RequestLife.NameOf(verification.Result) : null;

    public long CreatedAt => request.CreatedAt.ToUnixTimeMilliseconds();

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Reference => request.Reference;
}

/// <summary>A page of requests that were searched for, the newest created first.</summary>
internal sealed record FoundRequestsBody(IEnumerable<FoundRequestBody> Requests, string? Next) : PageBody(Next)
{
    public static FoundRequestsBody Of(Page<RequestRecord> page) =>
        new(page.Items.Select(request => new FoundRequestBody(request)), page.Next);
}

/// <summary>What happened to a request, in order, and the same as a paragraph to copy.</summary>
internal readonly struct TimelineBody(Timeline timeline)
{
    public string Id => timeline.Request.Id.Text;
    public IEnumerable<TimelineEntryBody> Entries => timeline.Entries.Select(entry => new TimelineEntryBody(entry));
    public string Support => timeline.Support;
}

/// <summary>Something that happened to a request. What does not apply is absent.</summary>
internal readonly struct TimelineEntryBody(TimelineEntry entry)
{
    public long At => entry.At.ToUnixTimeMilliseconds();
    public string Kind => FraudFinding.NameOf(entry.Kind);
    public string Text => entry.Text;
    public int? Step => entry.Step;
    public string? Method => entry.Method;
    public string? Provider => entry.Provider;
    public string? State => entry.State is { } state ? Words.Of(state) : null;
    public string? Status => entry.Status is { } status ? ApiNames.Of(status) : null;
    public string? Raw => entry.Raw;
    public string? Reason => entry.Reason;
    public MoneyBody? Price => MoneyBody.Of(entry.Price);
    public FraudFindingBody? Fraud => entry.Fraud is { } finding ? new FraudFindingBody(finding) : null;
    public RouteChoiceBody? Choice => RouteChoiceBody.Of(entry.Choice);
    public string? Callback => entry.Callback;
    public string? Result => entry.Result is { } result ? RequestLife.NameOf(result) : null;
}

/// <summary>A job that was given up.</summary>
internal readonly struct DeadLetterBody(DeadLetter letter)
{
    public string Id => letter.Id;
    public string Account => letter.Account;
    public string Kind => letter.Kind;
    public string? RequestId => letter.Request;
    public string Reason => letter.Reason;
    public long At => letter.At.ToUnixTimeMilliseconds();
}

/// <summary>A page of the jobs that were given up, the latest first.</summary>
internal sealed record DeadLettersBody(IEnumerable<DeadLetterBody> DeadLetters, string? Next) : PageBody(Next)
{
    public static DeadLettersBody Of(Page<DeadLetter> page) => new(page.Items.Select(letter => new DeadLetterBody(letter)), page.Next);
}

/// <summary>A host that did not take the last callback that an account had sent to it.</summary>
internal readonly struct FailingReceiverBody(FailingReceiver receiver)
{
    public string Account => receiver.Account;
    public string Host => receiver.Host;
    public long Since => receiver.Since.ToUnixTimeMilliseconds();
    public long LastTryAt => receiver.LastTryAt.ToUnixTimeMilliseconds();
    public string LastFailure => receiver.LastFailure;
    public int Tries => receiver.Tries;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? NextTryAt => receiver.NextTryAt?.ToUnixTimeMilliseconds();
}

/// <summary>A page of the receivers that fail, by account and host.</summary>
internal sealed record FailingReceiversBody(IEnumerable<FailingReceiverBody> Receivers, string? Next) : PageBody(Next)
{
    public static FailingReceiversBody Of(Page<FailingReceiver> page) =>
        new(page.Items.Select(receiver => new FailingReceiverBody(receiver)), page.Next);
}

/// <summary>How much of a number was erased: requests, inbound messages, and the rows that led to them.</summary>
internal sealed record ErasedBody(int Requests, int InboundMessages, int Other)
{
    public static ErasedBody Of(Erased erased) => new(erased.Requests, erased.InboundMessages, erased.Other);
}

/// <summary>All that is known of a number, the newest first.</summary>
internal readonly struct ExportBody(Exported exported)
{
    public string Number => exported.Number.E164;
    public IEnumerable<RequestBody> Requests => exported.Requests.Select(request => new RequestBody(request, forOperators: true));
    public IEnumerable<InboundMessageBody> InboundMessages => exported.InboundMessages.Select(message => new InboundMessageBody(message));
    public IEnumerable<FraudBlockBody> Blocks => exported.Blocks.Select(block => new FraudBlockBody(block));
}

/// <summary>A message that a number sent.</summary>
internal readonly struct InboundMessageBody(InboundMessage message)
{
    public string Id => message.Id;
    public string? Account => message.Account;
    public string From => message.Sms.From;
    public string To => message.Sms.To;
    public string Text => message.Sms.Text;
    public long ReceivedAt => message.ReceivedAt.ToUnixTimeMilliseconds();
    public string State => Words.Of(message.Delivery.State);
}

/// <summary>A test number. The delay is in seconds; that it is configured is said of one of the settings alone.</summary>
internal readonly struct TestNumberBody(TestNumber test, bool isConfigured)
{
    public string Number => test.Number;
    public string Code => test.Code;
    public string Outcome => FraudFinding.NameOf(test.Outcome);
    public int Delay => test.Delay;
    public bool? Configured => isConfigured ? true : null;

    public static TestNumberBody Of(PutTestNumber put) => new(put.Test, isConfigured: false);
}

/// <summary>A page of test numbers in the order of their digits.</summary>
internal sealed record TestNumbersBody(IEnumerable<TestNumberBody> TestNumbers, string? Next) : PageBody(Next)
{
    public static TestNumbersBody Of(Page<ListedTestNumber> page) =>
        new(page.Items.Select(listed => new TestNumberBody(listed.Test, listed.IsConfigured)), page.Next);
}
