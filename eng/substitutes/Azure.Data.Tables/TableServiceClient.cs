using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Substitutes;

namespace Azure.Data.Tables;

public class TableServiceClient
{
    private const string Scope = "https://storage.azure.com/.default";
    private const int DevelopmentPort = 10002;

    private readonly TableRest _rest;

    public TableServiceClient(string connectionString, TableClientOptions options = null)
    {
        var account = StorageConnectionString.Parse(connectionString, "table", DevelopmentPort);
        options ??= new TableClientOptions();
        _rest = Build(account.Endpoint, new TableSharedKeyPolicy(new SharedKey(account.Account, account.Key)), options);
    }

    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions options = null)
    {
        options ??= new TableClientOptions();
        _rest = Build(endpoint, new BearerTokenAuthenticationPolicy(tokenCredential, Scope), options);
    }

    protected TableServiceClient()
    {
    }

    public virtual TableClient GetTableClient(string tableName) => new(_rest, tableName);

    private static TableRest Build(Uri endpoint, HttpPipelinePolicy authentication, TableClientOptions options)
    {
        var pipelineOptions = new HttpPipelineOptions(options) { RequestFailedDetailsParser = new TableErrorParser() };
        pipelineOptions.PerRetryPolicies.Add(authentication);
        return new TableRest(HttpPipelineBuilder.Build(pipelineOptions), endpoint, options.VersionText);
    }
}
