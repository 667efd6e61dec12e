/** Files whose rows are all of one moment: each holds a view of the database while it is written. */
import type { Readable } from "node:stream";
import { minuteMs } from "#domain/core/time.ts";
import type { HeldReads, Store } from "../../store/store.ts";
import { HttpProblem } from "../problem.ts";

/** Each holds a view of the database, and a thread. */
const atOnce = 3;
/** While a file is read, the database cannot tidy up behind it. */
const longestMs = 10 * minuteMs;

/** How many rows the file has, and of which snapshot they are. */
export const fileHeaders = { rows: "fieldcast-rows", snapshot: "fieldcast-snapshot" } as const;

/** Writes one over a view that is closed when it is over, however it ends. */
export type HeldFiles = (write: (held: HeldReads) => Promise<Readable>) => Promise<Readable>;

export function createHeldFiles(store: Pick<Store, "hold">): HeldFiles {
  let open = 0;
  return async (write) => {
    if (open >= atOnce) throw busy();
    open += 1;
    const held = await store.hold().catch((error: unknown) => {
      open -= 1;
      throw error;
    });
    const done = (): void => {
      open -= 1;
      void held.close();
    };
    try {
      return limited(await write(held), done);
    } catch (error) {
      done();
      throw error;
    }
  };
}

function busy(): HttpProblem {
  const words = "Other files are being written. Try again in a moment.";
  return new HttpProblem("too_many_requests", words, undefined, { "retry-after": "5" });
}

/** Ends what nobody reads to its end, and tells when it is over, however it ends. */
function limited(stream: Readable, done: () => void): Readable {
  const timer = setTimeout(() => {
    stream.destroy(new Error("the file was not read within ten minutes"));
  }, longestMs);
  stream.once("close", () => {
    clearTimeout(timer);
    done();
  });
  return stream;
}
