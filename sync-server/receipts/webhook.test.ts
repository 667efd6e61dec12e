/** What a carrier is told of what it sent wrongly, so that its people can mend it. */
import { expect, test } from "vitest";
import { readWebhookReplies } from "./webhook-replies.ts";
import { readWebhookReceipts } from "./webhook.ts";
import { sign } from "./signature.ts";

const seconds = 1_800_000_000;
const now = seconds * 1_000;
const secret = "s3cret-of-the-carrier";

function told(read: typeof readWebhookReceipts | typeof readWebhookReplies, said: unknown) {
  const body = JSON.stringify(said);
  const result = read({ body, signature: sign(secret, body, seconds), now }, { secret });
  return result.ok ? null : result.error;
}

test.each([
  [{ state: "delivered" }, "key is missing"],
  [{ key: "k", state: 5 }, "state must be a text"],
  [{ receipts: [{ key: "k", state: "sent" }, { key: "k" }] }, "receipts.1.state is missing"],
  [{ receipts: "k" }, "receipts must be a list"],
  ["delivered", "body must be an object"],
])("of the receipts %j it is told that %s", (said, detail) => {
  expect(told(readWebhookReceipts, said)).toEqual({ type: "malformed", detail });
});

test.each([
  [{ text: "STOP" }, "from is missing"],
  [{ messages: [{ from: 5 }] }, "messages.0.from must be a text"],
])("of the replies %j it is told that %s", (said, detail) => {
  expect(told(readWebhookReplies, said)).toEqual({ type: "malformed", detail });
});
