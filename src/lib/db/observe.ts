/** Runs a query now and again whenever what it read has changed, in this tab or another. */
import { liveQuery, type Dexie } from "dexie";
import { isLostConnection, reopen } from "./connection.ts";

/** Answers what stops it. A lost connection is opened again; any other error is a defect. */
export function observe<T>(
  db: Dexie,
  query: () => Promise<T>,
  next: (value: T) => void,
): () => void {
  let isStopped = false;
  let stop = subscribe();

  function subscribe(): () => void {
    const subscription = liveQuery(query).subscribe({
      next,
      error: (error: unknown) => {
        if (isStopped) return;
        if (!isLostConnection(error)) throw error;
        void again();
      },
    });
    return () => subscription.unsubscribe();
  }

  async function again(): Promise<void> {
    if ((await reopen(db)) && !isStopped) stop = subscribe();
  }

  return () => {
    isStopped = true;
    stop();
  };
}
