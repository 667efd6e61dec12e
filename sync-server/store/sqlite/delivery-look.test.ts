/** Who is handed over while others of the same chunk are asked about is asked about soon, too. */
import { expect, test } from "vitest";
import { minuteMs, secondMs } from "#domain/core/time.ts";
import { startOfTime } from "../../../tests/support/delivery/world.ts";
import {
  aProof,
  aSettlement,
  openSms,
  smsDistribution as distribution,
} from "../../../tests/support/delivery/sms-world.ts";

const lookAt = startOfTime + secondMs / 2;
/** Until when a provider may take for its word. */
const windowEnd = lookAt + minuteMs;

test.each([
  ["all others were told of", [aProof(1)]],
  ["others wait on", []],
])("a look at a chunk leaves nobody out who came meanwhile: %s", async (_, proofs) => {
  const { store } = await openSms(2);
  const { delivery } = store;
  await delivery.intent({ distribution, boot: "b", limit: 2, columns: [], now: startOfTime });
  const settle = (n: number, now: number): Promise<unknown> =>
    delivery.settle({ distribution, settlements: [aSettlement(n)], lookAt, now });
  await settle(1, startOfTime);
  const found = await delivery.awaiting({ distribution, now: lookAt });
  expect(found?.messages.map(({ n }) => n)).toEqual([1]);
  // The provider is being asked, which takes its time.
  await settle(2, lookAt);
  const { k = 0, ver = 0 } = found ?? {};
  const soonAt = lookAt + secondMs;
  const until = { unconfirmedBefore: lookAt - minuteMs, nextAt: windowEnd, soonAt };
  await delivery.lookedAfter({ distribution, k, ver, proofs, ...until, now: lookAt });
  const next = await delivery.awaiting({ distribution, now: soonAt });
  expect(next?.messages.map(({ n }) => n)).toContain(2);
  // Where nothing came meanwhile, it is not looked again before its time.
  const again = { distribution, k, ver: next?.ver ?? 0, proofs: [], ...until, now: soonAt };
  await delivery.lookedAfter({ ...again, soonAt: soonAt + secondMs });
  expect(await delivery.awaiting({ distribution, now: windowEnd - 1 })).toBeNull();
  await store.close();
});
