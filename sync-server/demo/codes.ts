/** A pool of codes for what the demo sent, and their use in its shops: made up, and the same each time. */
import { defaultAlphabet } from "#domain/codes/pattern.ts";
import type { Id } from "#domain/core/id.ts";
import { dayMs, hourMs, minuteMs, type Instant } from "#domain/core/time.ts";
import type { Store } from "../store/store.ts";
import { createDraw } from "./people.ts";

interface Pool {
  readonly store: Pick<Store, "codes">;
  readonly workspace: Id;
  readonly poolId: Id;
}

const poolSize = 2_000;
const codeLetters = 10;

export async function makePool(
  { store, ...pool }: Pool,
  { name, now }: { readonly name: string; readonly now: Instant },
): Promise<void> {
  const draw = createDraw(20_261_122);
  const letter = (): string => defaultAlphabet.charAt(Math.floor(draw() * defaultAlphabet.length));
  const codes = Array.from({ length: poolSize }, () =>
    Array.from({ length: codeLetters }, letter).join(""),
  );
  await store.codes.addPool({ ...pool, name, perCode: 1, now });
  await store.codes.addCodes({ ...pool, codes, now });
}

interface Use {
  readonly code: string;
  readonly key: string;
  readonly at: Instant;
}

/** About every fourth code comes back, most of them soon; a few are tried twice, or misread. */
export async function redeemSome(
  { store, ...pool }: Pool,
  { launchedAt, user }: { readonly launchedAt: Instant; readonly user: Id },
): Promise<void> {
  const draw = createDraw(20_261_123);
  const rows = await store.codes.codes({ ...pool, after: 0, limit: poolSize });
  const published = rows.filter(({ state }) => state === "published");
  const uses = published.flatMap(({ code }, index): Use[] => {
    if (draw() > 0.24) return [];
    const at = launchedAt + hourMs + Math.floor(4 * dayMs * draw() ** 2);
    const first = { code, key: `till ${index}`, at };
    const luck = draw();
    if (luck < 0.03) return [first, { code, key: `till ${index} again`, at: at + 5 * minuteMs }];
    if (luck < 0.04) return [{ code: `${code}0`, key: `till ${index} misread`, at }, first];
    return [first];
  });
  for (const { at, ...use } of uses.toSorted((a, b) => a.at - b.at)) {
    await store.codes.redeem({ ...pool, ...use, by: "message", user, at, properties: {}, now: at });
  }
}
