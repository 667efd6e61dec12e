/** The real server, in which no receipt is merged at once: each waits in the inbox for its turn. */
import { serve } from "#server/serve.ts";

await serve({ receiptLimits: { receiptQueue: 0 } });
