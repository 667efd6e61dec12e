// Sending again what failed for certain while others of the campaign still wait for their turn.
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { defaultLimits } from "#domain/campaign/account.ts";
import { minuteMs } from "#domain/core/time.ts";
import { stateOf, type MessageState } from "#domain/message/state.ts";
import { driveUntil } from "../../tests/support/delivery/drive.ts";
import { deliveredAtOnce } from "../../tests/support/delivery/fake-carrier.ts";
import { aCampaignWith } from "../../tests/support/delivery/retried.ts";
import {
  campaignId,
  readCampaign,
  setPhase,
  workspace,
} from "../../tests/support/delivery/world.ts";
import type { Outcome } from "../providers/provider.ts";

const trouble = { code: "x", words: "" };
const broken = { state: "failed", reason: "provider_error" } as const;
const tooLong = { state: "failed", reason: "too_long" } as const;

/** Persons 1 to 3 are tried again by themselves for hours; 4 to 6, and 7, failed for certain. */
async function aBrokenCampaign() {
  const mended = new Set<string>();
  const refused: readonly (readonly [RegExp, Outcome & { outcome: "refused" }])[] = [
    [/person[123]@/, { outcome: "refused", reason: "unreachable", ...trouble }],
    [/person[456]@/, { outcome: "refused", reason: "provider_error", ...trouble }],
    [/person7@/, { outcome: "refused", reason: "too_long", ...trouble }],
  ];
  const world = await aCampaignWith({
    answer: ({ to }) => {
      const found = refused.find(([who, { reason }]) => who.test(to) && !mended.has(reason));
      return found?.[1] ?? deliveredAtOnce;
    },
    account: { limits: { ...defaultLimits, concurrency: 1 }, guards: { failurePercent: null } },
  });
  const { clock, core, db, fake, store } = world;
  /** As they are at this moment. */
  const states = (): Partial<Record<MessageState, number>> =>
    Object.fromEntries(
      db
        .all("select state, sum(n) as n from tally group by state having sum(n) > 0")
        .map(({ state, n }) => [stateOf(Number(state)), Number(n)]),
    );
  const isAt = (wanted: ReturnType<typeof states>) => () => isDeepStrictEqual(states(), wanted);
  const drive = (wanted: ReturnType<typeof states>) => driveUntil(core, clock, isAt(wanted));
  await drive({ queued: 3, failed: 4, delivered: 3 });
  expect(await readCampaign(store)).toMatchObject({ phase: "active" });
  const callsTo = (who: RegExp): number => fake.calls.filter(({ to }) => who.test(to)).length;
  return { ...world, mended, states, drive, callsTo };
}

test("S3-33 what failed for certain is sent again while others are still tried by themselves", async () => {
  const { callsTo, clock, drive, mended, retry, states, store, until } = await aBrokenCampaign();
  const now = clock.now;
  const [tried, broke] = [callsTo(/person[123]@/), callsTo(/person[456]@/)];
  const told = await store.preflight.again({ workspace, campaignId, picks: [broken], now });
  expect(told.fates).toMatchObject([{ ...broken, fate: "none", n: 3 }]);
  mended.add("provider_error");
  expect(await retry([broken])).toBe("ok");
  await drive({ queued: 3, failed: 1, delivered: 6 });
  expect(clock.now - now).toBeLessThan(minuteMs);
  expect([callsTo(/person[123]@/), callsTo(/person[456]@/)]).toEqual([tried, broke + 3]);
  mended.add("unreachable");
  await until("completed");
  expect(states()).toEqual({ delivered: 9, failed: 1 });
  expect(await store.delivery.findings({})).toEqual([]);
});

test("S3-33 who asks twice before the first was begun has both sent again", async () => {
  const { drive, mended, retry, store } = await aBrokenCampaign();
  mended.add("provider_error").add("too_long");
  expect(await retry([broken])).toBe("ok");
  expect(await retry([tooLong])).toBe("ok");
  expect(await readCampaign(store)).toMatchObject({ run: 3, retry: { n: 4 } });
  await drive({ queued: 3, delivered: 7 });
});

test("nothing is sent again by a person while the campaign stands still", async () => {
  const { retry, store } = await aBrokenCampaign();
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  expect(await retry([broken])).toBe("illegal_move");
});
