using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Tests.Requests;

/// <summary>
/// The names under which a request is stored. Rows of earlier versions are read for as long as requests are kept, so no name may change.
/// </summary>
public sealed class StoredRequestTests
{
    private const string Stored = """
        {
          "id": "06G5Y3N4QSTRX40B7TJ9AD8V2M", "account": "shop", "keyId": "k1", "product": "verify.call", "number": "+491701234567",
          "country": "DE",
          "createdAt": "2026-11-01T10:00:00+00:00", "payload": { "number": "+491701234567" }, "reference": "order-1",
          "callbackUrl": "https://shop.example/hook",
          "callbacks": [
            {
              "at": "2026-11-01T10:00:05+00:00", "status": "Delivered", "result": "Pending", "attempt": 0, "mccMnc": "26201",
              "from": "+4930",
              "call": {
                "sipStatus": 486, "createdAt": "2026-11-01T10:00:01+00:00", "ringStartedAt": "2026-11-01T10:00:02+00:00",
                "answeredAt": "2026-11-01T10:00:03+00:00", "endedAt": "2026-11-01T10:00:04+00:00", "billable": false, "duration": 1
              },
              "delivery": {
                "state": "Waiting", "tries": 2, "tryingUntil": "2026-11-01T10:00:30+00:00", "lastTryAt": "2026-11-01T10:00:05+00:00",
                "nextTryAt": "2026-11-01T10:01:00+00:00", "lastFailure": "503", "failedTries": [ { "at": 1793527205000, "why": "503" } ]
              }
            }
          ],
          "mccMnc": "26201", "network": "Telekom", "goals": [ "NUMBER_VERIFIED" ], "endedAt": "2026-11-01T10:02:00+00:00",
          "endReason": "why",
          "idempotencyRow": "row", "nextStartsAt": "2026-11-01T10:00:20+00:00", "nextAllowedAt": "2026-11-01T10:00:30+00:00",
          "wasNotQueued": true, "isIndexed": true, "isStopped": true, "asked": { "step": 1, "at": "2026-11-01T10:00:07+00:00" },
          "waitsUntil": "2026-11-01T10:00:08+00:00", "callbackWaitsUntil": "2026-11-01T10:00:09+00:00",
          "reportAt": "2026-11-01T10:02:01+00:00",
          "takenUpAt": "2026-11-01T10:00:40+00:00", "trace": "00-1-2-01", "test": { "outcome": "Busy", "delay": 3, "code": "sealed" },
          "verification": {
            "result": "Verified", "codeLength": 4, "wrongCodes": 1, "wrongWeight": 2, "wrongLimit": 5, "wrongAt": [ 1793527205000 ],
            "creditedAttempt": 0,
            "guesses": [ { "id": "g1", "at": "2026-11-01T10:01:00+00:00", "weight": 2 } ]
          },
          "insight": { "status": "UNKNOWN", "type": "mobile", "mobilePrefix": true },
          "steps": [
            {
              "channel": "Call", "provider": "lanck", "wait": "00:00:15", "condition": "Delivered", "text": "t", "from": "f",
              "options": { "title": "x" }, "flow": [ { "channel": "Sms", "condition": "Verified" } ]
            }
          ],
          "trusted": true,
          "fraud": [
            {
              "rule": "NumberType", "scope": "Number", "mode": "Observe", "seen": "premium", "limit": "none",
              "until": "2026-11-01T10:00:50+00:00", "channels": [ "Sms" ], "at": "2026-11-01T10:00:11+00:00"
            }
          ],
          "currentStep": 0, "waiting": { "step": 1, "turn": 2, "until": "2026-11-01T10:00:50+00:00" }, "sends": [ 1793527200000 ],
          "cap": { "amount": 10.5, "currency": "EUR" }, "maxPrice": 200000,
          "hold": { "provider": "lanck", "day": "2026-11-01", "shard": 3, "units": 10000, "currency": "EUR", "cap": 10500000 },
          "attempts": [
            {
              "step": 0, "provider": "lanck", "state": "Placed", "cause": "WaitPassed", "status": "Delivered",
              "startedAt": "2026-11-01T10:00:01+00:00", "placedAt": "2026-11-01T10:00:02+00:00",
              "updatedAt": "2026-11-01T10:00:03+00:00", "wait": "00:00:15", "reference": "r1", "tailHash": "h1",
              "callerHash": "h2", "caller": "+4930xxxx",
              "call": {
                "sipStatus": 486, "createdAt": "2026-11-01T10:00:01+00:00", "ringStartedAt": "2026-11-01T10:00:02+00:00",
                "answeredAt": "2026-11-01T10:00:03+00:00", "endedAt": "2026-11-01T10:00:04+00:00", "billable": false, "duration": 1
              },
              "wasCancelled": true, "wasAnswered": true, "outcome": "Answered", "price": 10000, "reason": "why",
              "retryAt": "2026-11-01T10:00:06+00:00",
              "choice": {
                "exploring": true,
                "candidates": [
                  {
                    "provider": "lanck", "usable": true, "price": 0.01, "conversion": 0.7, "low": 0.6, "high": 0.8, "known": 140,
                    "verified": 99, "draw": 0.71, "why": "why"
                  }
                ]
              },
              "reports": [ { "at": 1793527203000, "status": "Delivered", "raw": "answered" } ],
              "told": [ "Verified", "LinkOpened" ],
              "charge": { "provider": "lanck", "day": "2026-11-01", "shard": 3, "units": 10000, "currency": "EUR", "cap": 10500000 },
              "send": 1793527200000, "carriesOurCode": true, "isDelegated": true
            }
          ],
          "content": {
            "code": { "keyId": "c1", "length": 4, "noLeadingZero": true, "given": "sealed" }, "from": "+4930",
            "text": "t", "language": "de",
            "options": { "ip": "192.0.2.1" }, "platform": "Ios", "device": "h3"
          },
          "endStatus": "Rejected"
        }
        """;

    [Fact]
    public void A_stored_request_is_read_and_written_under_the_same_names()
    {
        var request = JsonSerializer.Deserialize(Stored, RequestJson.Default.RequestRecord);

        var written = JsonSerializer.SerializeToNode(request, RequestJson.Default.RequestRecord);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Stored), written), written!.ToJsonString());
    }

    [Fact]
    public void The_stored_request_has_every_property_there_is() =>
        AssertComplete(JsonNode.Parse(Stored)!, RequestJson.Default.RequestRecord);

    private static void AssertComplete(JsonNode node, JsonTypeInfo type)
    {
        foreach (var property in type.Kind == JsonTypeInfoKind.Object ? type.Properties.Where(property => property.Set is not null) : [])
        {
            var value = node[property.Name];
            Assert.True(value is not null, $"{type.Type.Name}.{property.Name} is not there.");
            var (item, itemType) = value is JsonArray { Count: > 0 } list
                && type.Options.GetTypeInfo(property.PropertyType) is { ElementType: { } element }
                ? (list[0]!, element)
                : (value, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
            if (item is JsonObject && property.Name != "flow")
            {
                AssertComplete(item, type.Options.GetTypeInfo(itemType));
            }
        }
    }
}
