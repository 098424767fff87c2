namespace Azure.Data.Tables;

internal sealed class NoValueResponse<T>(Response response) : NullableResponse<T>
{
    public override bool HasValue => false;

    public override T Value => throw new InvalidOperationException($"The entity was not found: {response.Status} {response.ReasonPhrase}.");

    public override Response GetRawResponse() => response;
}
