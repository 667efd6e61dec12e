import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs } from "../core/time.ts";
import {
  afterCall,
  breakerLimit,
  breakerWeight,
  closedBreaker,
  defaultGuards,
  halfOpened,
  isRetryDue,
  pauseReasonOf,
  restMs,
  resumesItself,
  type Breaker,
  type Guards,
} from "./breaker.ts";
import { reasons, type Reason } from "./reason.ts";

const at = 1_000_000;

function after(breaker: Breaker, ends: readonly (Reason | null)[], guards = defaultGuards) {
  return ends.reduce(
    (known, reason) => afterCall(known, { reason, detail: "", at }, guards),
    breaker,
  );
}

const repeat = (reason: Reason | null, times: number) =>
  Array.from({ length: times }, () => reason);

test("S3-28 AMB-12 the fifth failure in a row opens it, and not the fourth", () => {
  expect(after(closedBreaker, repeat("network_error", 4))).toMatchObject({
    state: "closed",
    failures: 4,
  });
  expect(after(closedBreaker, repeat("network_error", 5))).toMatchObject({
    state: "open",
    reason: "network_error",
    since: at,
    retryAt: at + minuteMs,
  });
});

test("AMB-12 a success in between starts the count anew", () => {
  const ends = [...repeat("provider_error", 4), null, ...repeat("provider_error", 4)];
  expect(after(closedBreaker, ends)).toMatchObject({ state: "closed", failures: 4 });
});

test("AMB-13 limits, credentials, errors and content count; a single recipient's failure too, unless the account says otherwise", () => {
  const ofTheWay = ["rate_limited", "provider_error", "content_rejected", "spam_filtered"] as const;
  for (const reason of ofTheWay) expect(breakerWeight(reason, "provider")).toBe("counts");
  expect(breakerWeight("auth_failed", "provider")).toBe("opens");
  expect(breakerWeight("invalid_address", "provider")).toBe("ignored");
  expect(breakerWeight("invalid_address", "all")).toBe("counts");
  const lenient: Guards = { ...defaultGuards, breaker: "provider" };
  expect(after(closedBreaker, repeat("invalid_address", 5)).state).toBe("open");
  expect(after(closedBreaker, repeat("invalid_address", 5), lenient).state).toBe("closed");
  // What we decided ourselves is no failure of anybody's.
  expect(breakerWeight("no_consent", "all")).toBe("ignored");
});

test("S3-29 credentials, a locked or an unpaid account open it at once and wait for a person", () => {
  for (const reason of ["auth_failed", "account_suspended", "payment_required"] as const) {
    const opened = after(closedBreaker, [reason]);
    expect(opened).toMatchObject({ state: "open", retryAt: null });
    expect(pauseReasonOf(opened.reason)).toBe("provider_auth");
  }
  const always: Guards = { ...defaultGuards, autoResume: "always" };
  expect(after(closedBreaker, ["auth_failed"], always).retryAt).toBe(at + minuteMs);
});

test("AMB-13 a wrong address while half open shows that the way works: it closes, and is the first of a new five", () => {
  const half = halfOpened(after(closedBreaker, repeat("invalid_address", 5)));
  expect(after(half, ["invalid_address"])).toEqual({ ...closedBreaker, failures: 1 });
  expect(after(half, repeat("invalid_address", 5)).state).toBe("open");
});

function afterRepeats(reason: Reason): Breaker {
  return repeat(reason, 9).reduce<Breaker>(
    (known) => afterCall(known, { reason, detail: "", at, isRepeat: true }, defaultGuards),
    closedBreaker,
  );
}

test("AMB-13 who failed before and fails again says nothing of the way; an error of the way still does", () => {
  expect(afterRepeats("unreachable")).toEqual(closedBreaker);
  expect(afterRepeats("network_error").state).toBe("open");
});

test("a message that is accepted while half open closes it; one that fails opens it for longer", () => {
  const open = after(closedBreaker, repeat("network_error", 5));
  expect(isRetryDue(open, at + minuteMs - 1)).toBe(false);
  expect(isRetryDue(open, at + minuteMs)).toBe(true);
  const half = halfOpened(open);
  expect(after(half, [null])).toEqual(closedBreaker);
  const again = after(half, ["provider_timeout"]);
  expect(again).toMatchObject({ state: "open", probes: 1, since: at, retryAt: at + 2 * minuteMs });
  const leavesOut: Guards = { ...defaultGuards, breaker: "provider" };
  expect(after(halfOpened(again), ["invalid_address"], leavesOut).state).toBe("half_open");
});

test("it rests at most a quarter of an hour, and an hour after a provider's daily limit", () => {
  expect(restMs("network_error", 50)).toBe(15 * minuteMs);
  expect(restMs("quota_reached", 0)).toBe(60 * minuteMs);
});

test("nothing goes on by itself where an account says never", () => {
  const never: Guards = { ...defaultGuards, autoResume: "never" };
  expect(after(closedBreaker, repeat("network_error", 5), never).retryAt).toBeNull();
  expect(resumesItself("network_error", never)).toBe(false);
  expect(resumesItself("auth_failed", defaultGuards)).toBe(false);
});

const anEnd = fc.option(fc.constantFrom(...reasons), { nil: null });

test("whatever ends in whatever order: it is open exactly when five counted in a row, or one opened it", () => {
  fc.assert(
    fc.property(fc.array(anEnd, { maxLength: 40 }), (ends) => {
      let failures = 0;
      let isOpen = false;
      let breaker = closedBreaker;
      for (const reason of ends) {
        breaker = afterCall(breaker, { reason, detail: "", at }, defaultGuards);
        const weight = reason === null ? "success" : breakerWeight(reason, defaultGuards.breaker);
        if (weight === "success" && !isOpen) failures = 0;
        if (weight === "counts") failures += 1;
        isOpen ||= weight === "opens" || failures >= breakerLimit;
        expect(breaker.state).toBe(isOpen ? "open" : "closed");
      }
    }),
  );
});
