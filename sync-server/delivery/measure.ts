/** Writing messages once more of which nobody told how long their text was: see store/measure-store.ts. */
import type { Instant } from "#domain/core/time.ts";
import type { EngineDeps } from "./carriers.ts";
import { openWriter } from "./edition-writer.ts";

/** They are written in the engine's own thread, between its steps. */
const measuredAtOnce = 200;

type Deps = Pick<EngineDeps, "store" | "leaveLinks" | "trackedLinks" | "templates">;

/** Measures the next of them; answers whether more may be left. */
export async function measureUntold(deps: Deps, now: Instant): Promise<boolean> {
  const { delivery } = deps.store;
  const part = await delivery.unmeasured({ limit: measuredAtOnce, now });
  if (part === null) return false;
  const { distribution, messages } = part;
  const writer = await openWriter(deps, distribution);
  const measured = messages.map((message) => {
    const written = writer.write(message);
    const { n, gen } = message;
    return { n, gen, segments: written.ok ? written.value.segments : null };
  });
  await delivery.measure({ distribution: distribution.seq, way: distribution.way, measured });
  return true;
}
