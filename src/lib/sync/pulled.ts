/** An answer to a pull may be of several pages: each is taken when it has come ([S57]). */
import type { Result } from "#domain/core/result.ts";
import type { PullReply } from "#protocol/down.ts";
import type { PullRequest } from "#protocol/up.ts";
import type { PageOutcome } from "../db/checkpoint.ts";
import type { TransportFailure } from "./failures.ts";
import type { Transport } from "./transport.ts";

/**
 * The last page, which is still to be taken. `broken`: the line broke in the middle; what came is
 * kept, and the rest may be asked for at once. Rejects with what `take` rejects with.
 */
export async function pulled(
  transport: Transport,
  request: PullRequest,
  take: (page: PullReply) => Promise<PageOutcome | "reset">,
): Promise<Result<PullReply, TransportFailure> | "broken"> {
  let turn = Promise.resolve(false);
  const answer = await transport.pull(request, (page) => {
    turn = turn.then(async (has) => (await take(page)) !== "dropped" || has);
    return turn;
  });
  const hasTaken = await turn;
  return hasTaken && !answer.ok ? "broken" : answer;
}
