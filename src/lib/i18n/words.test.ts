import { describe, expect, test } from "vitest";
import { pauseReasons, phases } from "#domain/campaign/lifecycle.ts";
import { reasons } from "#domain/message/reason.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { messageStates } from "#domain/message/state.ts";
import { bands } from "#domain/report/band.ts";
import { outcomes } from "#domain/report/outcome.ts";
import { commandNames } from "#domain/sync/command.ts";
import { refusalTypes, type Refusal } from "#domain/sync/refusal.ts";
import { commandSentence, commandWords } from "./command-words.ts";
import { eventNote, eventSentence, keyName, knowsEvent } from "./event-words.ts";
import { goneWords } from "./gone-words.ts";
import { reasonAdvice } from "./reason-words.ts";
import { refusalWords } from "./refusal-words.ts";
import {
  bandWords,
  messageWords,
  outcomeWords,
  pauseAdvice,
  pauseWords,
  phaseWords,
} from "./state-words.ts";

const time = (at: number) => (at === 7 ? "14:02" : "another time");

function aRefusal(part: Partial<Refusal>): Refusal {
  return { type: "invalid", field: null, detail: {}, ...part };
}

describe("refusals", () => {
  test("every refusal of every command says what happened, what became of it, and the cure", () => {
    for (const type of refusalTypes) {
      for (const name of commandNames) {
        const words = refusalWords({ name, refusal: aRefusal({ type }), time });
        for (const text of [words.title, words.happened, words.cure]) {
          expect(text).toMatch(/^[A-Z]/);
          expect(text).not.toMatch(/undefined|null|NaN|\[object/);
        }
      }
    }
  });

  test("an edit that came after the send says when the campaign went out", () => {
    const refusal = aRefusal({ type: "already_sent", detail: { phase: "active", at: 7 } });
    const words = refusalWords({ name: "campaign.edit", refusal, time });
    expect(words.happened).toBe("This campaign went out at 14:02. Your changes were not sent.");
  });

  test("it says by whom, and a pause that came late how many had gone", () => {
    const detail = { phase: "active", at: 7, by: "Ana" };
    const refusal = aRefusal({ type: "already_sent", detail });
    expect(refusalWords({ name: "campaign.edit", refusal, time }).happened).toBe(
      "This campaign went out at 14:02 by Ana. Your changes were not sent.",
    );
    const paused = goneWords("campaign.pause", { since: 0, count: 4_120, total: 9_000 });
    expect(paused.happened).toMatch(/^Paused\. 4,120 of 9,000 were already sent/);
    const left = goneWords("consent.out", { since: 0, count: 1, total: null });
    expect(left.happened).toMatch(/^The withdrawal counts\. .* 1 message went out or arrived/);
  });

  test("a launch from before a restore says why it was not done again", () => {
    const refusal = aRefusal({ type: "changed_since_review", detail: { restored: true } });
    const words = refusalWords({ name: "campaign.send", refusal, time });
    expect(words.title).toBe("The server was restored from a back-up");
    expect(words.cure).toContain("nobody is sent to twice");
    const detail = { plannedFor: 7, reason: "restore" };
    expect(eventSentence({ event: "engine.held", detail }, null)).toBe(
      "The server was restored from a back-up; the campaign waits for a person to plan it again",
    );
  });

  test("what is missing is named as people call it", () => {
    const detail = { missing: "content.subject, content.text, audienceId" };
    const refusal = aRefusal({ type: "incomplete", field: "content.subject", detail });
    const words = refusalWords({ name: "campaign.send", refusal, time });
    expect(words.happened).toContain("the subject, the text, and the audience");
  });

  test("a wrong account names both channels", () => {
    const detail = { account: "sms", campaign: "email" };
    const refusal = aRefusal({ type: "channel_mismatch", detail });
    const words = refusalWords({ name: "campaign.send", refusal, time });
    expect(words.happened).toContain("carries SMS, the campaign is E-mail");
  });
});

test("every state, band, phase, pause and outcome has a label and an explanation", () => {
  const all = [
    ...messageStates.map((name) => messageWords[name]),
    ...bands.map((name) => bandWords[name]),
    ...phases.map((name) => phaseWords[name]),
    ...pauseReasons.map((name) => pauseWords[name]),
    ...outcomes.map((name) => outcomeWords[name]),
  ];
  for (const words of all) {
    expect(words.label).toMatch(/^[A-Z]/);
    expect(words.explain).toMatch(/^[A-Z].*\.$/);
  }
});

test("who may not resume a campaign is told whom to ask", () => {
  for (const reason of pauseReasons) {
    expect(pauseAdvice(reason, true)).toBe(pauseWords[reason].explain);
    expect(pauseAdvice(reason, false)).toMatch(/^Ask somebody in the office to .*resume it\./);
  }
});

test("states of a message are told apart by their labels", () => {
  const labels = messageStates.map((state) => messageWords[state].label);
  expect(new Set(labels).size).toBe(messageStates.length);
});

test("S3-31 every failed reason has a sentence, and advice on what to do", () => {
  for (const reason of reasons.filter((name) => name !== "none")) {
    expect(reasonText(reason)).not.toBe("");
    expect(reasonAdvice(reason)).toMatch(/\.$/);
  }
});

test("S3-33 rate limiting advises to wait and send to the failed ones anew", () => {
  expect(reasonAdvice("rate_limited")).toMatch(/^Wait, .*new campaign for these recipients/);
});

test("every command says what it does, and what is lost without it", () => {
  for (const name of commandNames) {
    expect(commandSentence(name, "Spring sale")).toBe(`${commandWords[name].act} “Spring sale”`);
    expect(commandWords[name].discard).toMatch(/\.$/);
    expect(knowsEvent(name)).toBe(true);
  }
});

describe("events", () => {
  test("S0-18 an event of a person says who did what", () => {
    expect(eventSentence({ event: "campaign.send", detail: {} }, "Ana")).toBe(
      "Ana sent the campaign",
    );
  });

  test("an event of an API key names the key", () => {
    expect(eventSentence({ event: "campaign.send", detail: {} }, keyName("Shop"))).toBe(
      "API key “Shop” sent the campaign",
    );
  });

  test("an event of the engine stands alone, with the reason of a pause", () => {
    const event = { event: "engine.paused", detail: { reason: "breaker" } };
    expect(eventSentence(event, null)).toBe(
      "The campaign was paused by the system: paused after 5 failures in a row",
    );
  });

  test("an event of a newer version is told by its name", () => {
    expect(eventSentence({ event: "prize.drawn", detail: {} }, null)).toBe("Prize drawn");
  });

  test("an import says what became of its rows, a schedule when, a change of what", () => {
    const detail = { fileName: "spring.csv", rows: 3, created: 2, updated: 0, rejected: 1 };
    expect(eventNote({ event: "import.done", detail })).toBe(
      "spring.csv · 2 new, 0 updated, 1 rejected",
    );
    expect(eventNote({ event: "campaign.schedule", detail: { scheduledFor: 0 } })).toMatch(
      /^Planned for .*19(69|70)/,
    );
    expect(eventNote({ event: "campaign.edit", detail: { fields: "name, subject" } })).toBe(
      "Changed the name and the subject",
    );
    expect(eventNote({ event: "engine.started", detail: {} })).toBe("");
  });
});
