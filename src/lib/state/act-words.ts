/** What waits and what was refused, in words; lives as long as the page that shows it. */
import type { Id } from "#domain/core/id.ts";
import { describeAct } from "./describe-act.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";

/** By the uids of commands: `Send “Summer sale”`. Give it back by `device.detach`. */
export function watchWords(device: Device): Live<ReadonlyMap<Id, string>> {
  return device.live<ReadonlyMap<Id, string>>(new Map(), async (db) => {
    const waiting = (await db.outbox.toArray()).map(({ uid, act }) => ({ id: uid, act }));
    const cards = await db.inbox.toArray();
    const words = [...waiting, ...cards].map(
      async ({ id, act }) => [id, await describeAct(db, act)] as const,
    );
    return new Map(await Promise.all(words));
  });
}
