import { describe, expect, test } from "vitest";
import {
  aCampaign,
  aContext,
  aReview,
  aView,
  anAccount,
  anAudience,
  anId,
} from "../../../tests/support/campaigns.ts";
import { noSendingRules } from "../access/sending-rules.ts";
import type { Act } from "../sync/command.ts";
import { decide } from "../sync/decide.ts";
import type { Decision } from "../sync/decision.ts";
import { contentHash, missingParts, type Campaign } from "./campaign.ts";

const content = { subject: "Hello", text: "Hello", html: "" };
const mails = anAccount({ channel: "email" });
const texts = anAccount({ id: anId(0x77), channel: "sms" });
const fallback = { accountId: texts.id, text: "Call us" };
const email = aCampaign({ type: "email", content, accountId: mails.id, fallback });

function on(campaign: Campaign, act: Act, accounts = [mails, texts]): Decision {
  const view = aView({ campaign: [campaign], account: accounts, audience: [anAudience()] });
  return decide(view, act, aContext());
}

function after(decision: Decision): Campaign {
  if (decision.outcome === "rejected") throw new Error(`refused: ${decision.refusal.type}`);
  const [write] = decision.writes;
  if (write?.kind !== "campaign" || write.doc === null) throw new Error("no campaign was written");
  return write.doc;
}

function edit(change: Extract<Act, { name: "campaign.edit" }>["args"]["fallback"]): Act {
  const args = change === undefined ? { id: email.id } : { id: email.id, fallback: change };
  return { name: "campaign.edit", args };
}

test("[S58] account and text of the fallback are merged one by one, and what was overwritten is told", () => {
  const other = anId(0x78);
  const decision = on(email, edit({ text: { was: "As it was", set: "Ring us" } }));
  expect(after(decision).fallback).toEqual({ accountId: texts.id, text: "Ring us" });
  expect(decision).toMatchObject({
    outcome: "merged",
    lost: [{ field: "fallback.text", theirs: "Call us", mine: "Ring us" }],
  });
  const moved = after(on(email, edit({ accountId: { was: texts.id, set: other } })));
  expect(moved.fallback).toEqual({ accountId: other, text: "Call us" });
});

test("[S58] without account and text there is none, and an edit that does not speak of it keeps it", () => {
  const { accountId, text } = fallback;
  const none = edit({ accountId: { was: accountId, set: null }, text: { was: text, set: "" } });
  expect(after(on(email, none)).fallback).toBeNull();
  const name = { was: email.name, set: "Another" };
  const renamed = after(on(email, { name: "campaign.edit", args: { id: email.id, name } }));
  expect(renamed.fallback).toEqual(fallback);
});

test("[S58] it is part of what is reviewed: who did not see it cannot launch the campaign", () => {
  const unseen = aReview({ ...email, fallback: null });
  const sent = on(email, { name: "campaign.send", args: { id: email.id, review: unseen } });
  expect(sent).toMatchObject({ refusal: { type: "changed_since_review" } });
  const review = aReview(email);
  expect(on(email, { name: "campaign.send", args: { id: email.id, review } })).toMatchObject({
    outcome: "ok",
  });
  const before = { ...email };
  delete (before as { fallback?: unknown }).fallback;
  expect(contentHash(before)).toBe(contentHash({ ...email, fallback: null }));
});

test("half of it is not launched, and SMS has nothing to fall back to", () => {
  expect(missingParts({ ...email, fallback: { accountId: null, text: "Call us" } })).toEqual([
    "fallback.accountId",
  ]);
  expect(missingParts({ ...email, fallback: { accountId: texts.id, text: " " } })).toEqual([
    "fallback.text",
  ]);
  const sms = aCampaign({ type: "sms", id: email.id });
  const text = { was: "", set: "Call us" };
  expect(on(sms, edit({ text }))).toMatchObject({
    refusal: { type: "invalid", field: "fallback" },
  });
});

test("its account must be there, carry text messages, and be priced in the campaign's currency", () => {
  const send: Act = { name: "campaign.send", args: { id: email.id, review: aReview(email) } };
  const field = "fallback.accountId";
  expect(on(email, send, [mails])).toMatchObject({ refusal: { type: "account_gone", field } });
  const wrong = { ...texts, channel: "email" } as const;
  expect(on(email, send, [mails, wrong])).toMatchObject({
    refusal: { type: "channel_mismatch", field },
  });
  const dollars = { ...texts, price: { currency: "USD", perUnit: 1 } };
  const euros = { ...mails, price: { currency: "EUR", perUnit: 1 } };
  expect(on(email, send, [euros, dollars])).toMatchObject({ refusal: { type: "invalid", field } });
  expect(on(email, send, [mails, dollars])).toMatchObject({ outcome: "ok" });
});

describe("[S58] once launched", () => {
  const paused = { ...email, phase: "paused", pausedFrom: "active", pauseReason: "user" } as const;
  const { accountId, text } = fallback;

  test("its text changes while the campaign stands still, and no part of it is left empty", () => {
    const changed = after(on(paused, edit({ text: { was: text, set: "Ring us" } })));
    expect(changed).toMatchObject({ phase: "paused", fallback: { accountId, text: "Ring us" } });
    expect(on(paused, edit({ text: { was: text, set: " " } }))).toMatchObject({
      refusal: { type: "incomplete", field: "fallback.text" },
    });
  });

  test("its account, and whether there is one at all, were frozen with the launch", () => {
    expect(on(paused, edit({ accountId: { was: accountId, set: anId(0x7b) } }))).toMatchObject({
      refusal: { type: "already_sent", field: "fallback.accountId" },
    });
    const taken = { accountId: { was: accountId, set: null }, text: { was: text, set: "" } };
    const added = { accountId: { was: null, set: accountId }, text: { was: "", set: text } };
    for (const [campaign, change] of [
      [paused, taken],
      [{ ...paused, fallback: null }, added],
    ] as const) {
      expect(on(campaign, edit(change))).toMatchObject({
        refusal: { type: "already_sent", field: "fallback" },
      });
    }
  });

  test("where changes of what is live are approved, it waits for the pause", () => {
    const trigger = {
      kind: "event",
      event: "paid",
      delayMinutes: 0,
      againAfterHours: null,
    } as const;
    const live = { ...email, phase: "active", trigger } as const;
    const act = edit({ text: { was: text, set: "Ring us" } });
    const view = aView({ campaign: [live], account: [mails, texts], audience: [anAudience()] });
    const access = { fieldMaySend: false, sending: { ...noSendingRules, approval: true } };
    expect(decide(view, act, aContext({ access }))).toMatchObject({
      refusal: { type: "needs_approval", field: "fallback.text" },
    });
    expect(after(decide(view, act, aContext())).fallback?.text).toBe("Ring us");
  });
});

test("[S58] a campaign that gives out codes has none: each way to have both is refused in words, and each way out is open", () => {
  const message = "a campaign that gives out codes cannot send a text message instead";
  const refusal = { type: "invalid", field: "fallback", detail: { message } };
  const codePoolId = anId(0x79);
  const poolOf = (was: string | null, set: string | null): Act => ({
    name: "campaign.edit",
    args: { id: email.id, codePoolId: { was, set } },
  });
  expect(on(email, poolOf(null, codePoolId))).toMatchObject({ refusal });
  const coded = { ...email, fallback: null, codePoolId };
  expect(on(coded, edit({ text: { was: "", set: "Call us" } }))).toMatchObject({ refusal });

  const { name, type, audienceId, accountId } = email;
  const fields = { name, type, content, audienceId, accountId, fallback, codePoolId };
  const args = { id: anId(0x7a), ...fields };
  expect(on(email, { name: "campaign.create", args })).toMatchObject({ refusal });

  const both = { ...email, codePoolId };
  const review = aReview(both);
  const send: Act = { name: "campaign.send", args: { id: email.id, review } };
  expect(on(both, send)).toMatchObject({ refusal });
  expect(after(on(both, poolOf(codePoolId, null)))).toMatchObject({ fallback, codePoolId: null });
  const { text } = fallback;
  const none = edit({ accountId: { was: texts.id, set: null }, text: { was: text, set: "" } });
  expect(after(on(both, none))).toMatchObject({ fallback: null, codePoolId });
});

test("[S58] what was launched with both goes on with its text amended", () => {
  const paused = { phase: "paused", pausedFrom: "active", pauseReason: "user" } as const;
  const both = { ...email, ...paused, codePoolId: anId(0x79) };
  const text = { was: "Hello", set: "Hello again" };
  const args = { id: email.id, content: { text } };
  expect(after(on(both, { name: "campaign.edit", args })).content.text).toBe("Hello again");
});
