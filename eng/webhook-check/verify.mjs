// Reads a JSON array of { secret, headers, body } and writes, one line each, "taken" or why it is refused.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

for (const { secret, headers, body } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  try {
    new Webhook(secret).verify(body, headers);
    console.log("taken");
  } catch (error) {
    console.log(`refused: ${error.message}`);
  }
}
