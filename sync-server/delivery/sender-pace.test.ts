import { expect, test } from "vitest";
import { hourMs, secondMs } from "#domain/core/time.ts";
import { createSenderPaces, type SenderPaces } from "./sender-pace.ts";

const now = 100 * hourMs;
const perSecond = 20;

function opened(...claimedAt: readonly (number | null)[]): SenderPaces {
  const paces = createSenderPaces();
  for (const at of claimedAt) paces.opened("news@example.org", at, now);
  return paces;
}

test("a sender that never sent begins at once, and without a burst", () => {
  expect(opened(null).of("news@example.org", perSecond).tokens(now)).toBe(1);
});

test("after a restart it has what gathered since its last claim was called for", () => {
  const tokensAfter = (...claimedAt: readonly (number | null)[]): number =>
    opened(...claimedAt)
      .of("news@example.org", perSecond)
      .tokens(now);
  expect(tokensAfter(now - secondMs)).toBe(0);
  expect(tokensAfter(now - hourMs)).toBe(5);
  // When it was is not known.
  expect(tokensAfter(0)).toBe(0);
  // The clock was set back meanwhile.
  expect(tokensAfter(now + hourMs)).toBe(0);
});

test("of several accounts the one that claimed last counts, in whatever order they are opened", () => {
  const recent = now - secondMs;
  for (const order of [
    [recent, null, now - hourMs],
    [null, now - hourMs, recent],
    [now - hourMs, recent, null],
  ]) {
    const pace = opened(...order).of("news@example.org", perSecond);
    expect(pace.tokens(now)).toBe(0);
    expect(pace.nextAt(now)).toBe(now + 50);
  }
});

test("what is opened later takes away what the others have not used", () => {
  const paces = opened(null);
  const pace = paces.of("news@example.org", perSecond);
  expect(pace.tokens(now + hourMs)).toBe(5);
  paces.opened("news@example.org", now + hourMs - secondMs, now + hourMs);
  expect(pace.tokens(now + hourMs)).toBe(0);
});
