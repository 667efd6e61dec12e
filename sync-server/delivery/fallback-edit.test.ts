/** Another text message instead while a campaign is paused: who keeps the earlier one, and who takes the new one. */
import { expect, test } from "vitest";
import { defaultLimits } from "#domain/campaign/account.ts";
import { defaultGuards } from "#domain/message/breaker.ts";
import { driveUntil } from "../../tests/support/delivery/drive.ts";
import { aFallingCampaign, refusedFor, smsAccountId } from "../../tests/support/delivery/fallen.ts";
import { deliveredAtOnce } from "../../tests/support/delivery/fake-carrier.ts";
import { manyContacts, readCampaign, setPhase } from "../../tests/support/delivery/world.ts";
import type { Outcome } from "../providers/provider.ts";

const busy: Outcome = {
  outcome: "later",
  reason: "rate_limited",
  code: "429",
  words: "",
  afterMs: 60_000,
};
const unknown: Outcome = { outcome: "unknown", reason: "provider_timeout", code: "", words: "" };

test("[1.4] no key carries two text messages: who was written to, or may have been, keeps the earlier one", async () => {
  const people = 12;
  const { mails, texts, store, clock, core, until } = await aFallingCampaign({
    contacts: manyContacts(people),
    email: () => refusedFor("not_capable"),
    // The second and the third are tried again under their keys.
    sms: (_, call) => [unknown, busy][call - 2] ?? deliveredAtOnce,
    emailAccount: { guards: { ...defaultGuards, failurePercent: null } },
    smsAccount: { limits: { ...defaultLimits, perSecond: 2, concurrency: 1 } },
    text: "Earlier, {{ first_name }}",
  });
  await driveUntil(core, clock, () => texts.calls.length >= 4);
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  await core.step();
  const before = texts.calls.map(({ key }) => key);
  expect(before.length).toBeLessThan(people);
  const fallback = { accountId: smsAccountId, text: "Later, {{ first_name }}" };
  await setPhase(store, { fallback });
  expect((await readCampaign(store)).editions).toMatchObject([{ n: 1 }, { n: 2, handed: null }]);
  await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null });
  await until("completed");

  const first = new Set(before);
  const said = new Map<string, Set<string>>();
  for (const { key, content } of texts.calls) {
    said.set(key, (said.get(key) ?? new Set()).add(content.text.split(",")[0] ?? ""));
  }
  expect(said.size).toBe(people);
  for (const [key, words] of said)
    expect([...words]).toEqual([first.has(key) ? "Earlier" : "Later"]);
  // Two were tried again.
  expect(texts.calls).toHaveLength(people + 2);
  expect(new Set(mails.calls.map(({ content }) => content.text)).size).toBe(people);
  expect(await store.delivery.findings({})).toEqual([]);
});

test("an edit of the campaign's own text leaves the text message as it was, and the other way round", async () => {
  const { mails, texts, store, clock, core, until } = await aFallingCampaign({
    contacts: manyContacts(30),
    email: ({ to }) => (/person(29|30)@/.test(to) ? refusedFor("not_capable") : deliveredAtOnce),
    emailAccount: { limits: { ...defaultLimits, perSecond: 2, concurrency: 1 } },
    text: "Call us",
  });
  await driveUntil(core, clock, () => mails.calls.length >= 2);
  await setPhase(store, { phase: "paused", pausedFrom: "active", pauseReason: "user" });
  await core.step();
  const { content } = await readCampaign(store);
  const fallback = { accountId: smsAccountId, text: "Ring us" };
  await setPhase(store, { fallback });
  await setPhase(store, { content: { ...content, text: "Another" } });
  await setPhase(store, { phase: "active", pausedFrom: null, pauseReason: null });
  await until("completed");
  expect(mails.calls.at(-1)?.content.text).toBe("Another");
  expect(texts.calls.map((call) => call.content.text)).toEqual(["Ring us", "Ring us"]);
  expect(await store.delivery.findings({})).toEqual([]);
});
