/** As whom an account sends: two ways of one sender share what its receivers put up with. */
import type { Account } from "#domain/campaign/account.ts";
import type { Id } from "#domain/core/id.ts";

export function senderOf(workspace: Id, { id, summary }: Pick<Account, "id" | "summary">): string {
  const from = summary["from"];
  return typeof from === "string" ? `${workspace}/${from.toLowerCase()}` : id;
}
