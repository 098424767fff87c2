using Azure.Core;

namespace Azure.Data.Tables;

public class TableClientOptions : ClientOptions
{
    private readonly ServiceVersion _version;

    public TableClientOptions(ServiceVersion serviceVersion = ServiceVersion.V2020_12_06) => _version = serviceVersion;

    public enum ServiceVersion
    {
        V2020_12_06 = 2,
    }

    internal string VersionText => _version == ServiceVersion.V2020_12_06 ? "2020-12-06" : throw new InvalidOperationException("Unknown service version.");
}
