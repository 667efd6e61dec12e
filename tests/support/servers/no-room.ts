/** The real server, in which no receipt is merged at once and the inbox has room for none. */
import { serve } from "#server/serve.ts";

await serve({ receiptLimits: { receiptQueue: 0, inboxBytes: 0 } });
