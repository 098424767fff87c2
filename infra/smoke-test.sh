#!/usr/bin/env bash
# Runs one verification with a test number through a deployed FlashFunctions: account, token, request, queue, code. Calls nobody.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: infra/smoke-test.sh ADDRESS NUMBER CODE

  ADDRESS  where the service answers, as https://func-….azurewebsites.net
  NUMBER   a test number of it, as +15005550006
  CODE     that number's code

The function key of the operators' calls comes on standard input (az functionapp keys list). Makes the account smoke-test with one
token, and deletes both at the end. SMOKE_TEST_TRIES (24) times SMOKE_TEST_PAUSE (5) seconds is how long the queue may take.
TEXT
}

die() {
  echo "smoke test: $*" >&2
  exit 1
}

[ $# -eq 3 ] || {
  usage >&2
  exit 2
}
address=${1%/} number=$2 code=$3 tries=${SMOKE_TEST_TRIES:-24} pause=${SMOKE_TEST_PAUSE:-5}
account=smoke-test
IFS= read -r key || [ -n "$key" ] || die 'needs the function key on standard input'
work=$(mktemp -d)
made=false
operator="header = \"x-functions-key: $key\""

finish() {
  ! $made || request "$operator" DELETE "/manage/accounts/$account" || echo "smoke test: the account $account could not be deleted" >&2
  rm -rf "$work"
}
trap finish EXIT

# request CREDENTIALS METHOD PATH [BODY]: the answer goes to the file answer. Credentials go in by standard input, as arguments can be seen
# by everybody on the machine.
request() {
  local body=()
  [ -z "${4:-}" ] || body=(--header 'Content-Type: application/json' --data "$4")
  curl --silent --show-error --fail-with-body --max-time 60 --retry 3 --retry-connrefused --output "$work/answer" --request "$2" \
    "${body[@]}" --config - "$address$3" <<<"$1"
}

value_of() {
  sed -nE "s/.*\"$1\":\"([^\"]*)\".*/\1/p" "$work/answer" | head -n 1
}

expect() {
  request "${@:2}" || die "$1: $(cat "$work/answer" 2>/dev/null)"
}

# One that an interrupted run left behind.
request "$operator" DELETE "/manage/accounts/$account" 2>/dev/null || true
expect 'an account could not be made' "$operator" POST /manage/accounts "{\"id\":\"$account\"}"
made=true
expect 'a token could not be made' "$operator" POST "/manage/accounts/$account/tokens" '{"label":"smoke test"}'
token="user = \"$(value_of keyId):$(value_of secret)\""

expect 'the verification was refused' "$token" POST /v1/verify "{\"number\":\"$number\",\"method\":\"call\",\"codeLength\":${#code}}"
id=$(value_of requestId)
[ -n "$id" ] || die 'the answer to verify has no requestId'

status=''
while [ "$tries" -gt 0 ]; do
  expect 'the request could not be read' "$token" GET "/v1/requests/$id"
  status=$(value_of status)
  case $status in
    SENT | RINGING | DELIVERED | READ) break ;;
    UNDELIVERED | REJECTED) die "the verification ended as $status" ;;
  esac
  tries=$((tries - 1))
  [ "$tries" -eq 0 ] || sleep "$pause"
done
case $status in
  SENT | RINGING | DELIVERED | READ) ;;
  *) die "the request is still $status: nobody took its job from the queue" ;;
esac

expect 'the code was refused' "$token" POST /v1/verify/check "{\"requestId\":\"$id\",\"code\":\"$code\"}"
status=$(value_of status)
[ "$status" = VERIFIED ] || die "the code of the test number was answered with $status"
echo "smoke test: a verification of $number went through the queue and was VERIFIED"
