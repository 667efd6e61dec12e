/** What waiting commands claim about their time, once the clock that they claim it by is looked at. */
import type { ClientDb } from "./client-db.ts";

/**
 * The clock was set since the comparison that these commands were dated by: nobody knows when they
 * were made, so they say so. What lies in a file or on another device too stays as it is (S42).
 */
export async function doubtRecalled(db: ClientDb): Promise<void> {
  await db.transaction("rw", db.outbox, async () => {
    const doubtful = await db.outbox
      .filter(({ clock, state, copied }) => {
        return clock === "recalled" && state !== "accepted" && copied === undefined;
      })
      .toArray();
    await db.outbox.bulkPut(
      doubtful.map((command) => ({ ...command, at: { ...command.at, offsetAge: null } })),
    );
  });
}
