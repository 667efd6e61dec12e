/**
 * What is forgotten after a while: nothing that a report, an audit or a list of uses tells of. Those,
 * the activity among them, are kept for good.
 */
import { dayMs, type Instant } from "#domain/core/time.ts";
import type { Store } from "../store/store.ts";

/** Within this time a request that is repeated gets the answer of the first one. */
const answersKeptMs = dayMs;
/** What people were told, for whoever asks whether it left. */
const toldKeptMs = 30 * dayMs;
const tombstonesKeptMs = 90 * dayMs;
/** Within this time an event that is told again is known. */
const happeningsKeptMs = 90 * dayMs;

type Forgetful = Pick<Store, "access" | "sync" | "notices" | "delivery">;

/** Forgets what is older than it has to be. */
export async function tidy(store: Forgetful, now: Instant): Promise<void> {
  await store.access.forgetAnswers({ before: now - answersKeptMs });
  await store.sync.purge({ before: now - tombstonesKeptMs });
  await store.notices.forgetTold({ before: now - toldKeptMs });
  await store.delivery.forgetHappenings({ before: now - happeningsKeptMs });
}
