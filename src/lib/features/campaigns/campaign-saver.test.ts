import type { CampaignFields } from "#domain/campaign/campaign.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { beforeEach, expect, test } from "vitest";
import { aCampaign } from "../../../../tests/support/campaigns.ts";
import { CampaignForm } from "./campaign-form.svelte.ts";
import { CampaignSaver } from "./campaign-saver.svelte.ts";

interface Edit {
  readonly was: CampaignFields;
  readonly amends: boolean;
  readonly set: CampaignFields;
  answer(result: Result<string, Refusal>): void;
}

const refusal: Refusal = { type: "already_sent", field: null, detail: {} };

let form: CampaignForm;
let saver: CampaignSaver;
let edits: Edit[];
let forgotten: number;
let now: number;

beforeEach(() => {
  form = new CampaignForm(aCampaign({ name: "Sale" }));
  edits = [];
  forgotten = 0;
  now = 0;
  saver = new CampaignSaver({
    form,
    edit: (from, set) =>
      new Promise((resolve) => {
        edits.push({ ...from, set, answer: resolve });
      }),
    onSaved: async () => {
      forgotten += 1;
    },
    words: ({ type }) => type,
    now: () => now,
  });
});

/** Lets what is already decided happen. */
async function turn(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
}

function answer(index: number, result: Result<string, Refusal> = ok("id")): void {
  edits[index]?.answer(result);
}

test("what was typed is saved in passing, and its draft is forgotten", async () => {
  form.text = "Hello";
  const kept = saver.keep();
  await turn();
  expect(edits[0]).toMatchObject({ amends: false, set: { content: { text: "Hello" } } });
  answer(0);
  await kept;
  expect([form.isDirty, saver.canSave, forgotten]).toEqual([false, false, 1]);
});

test("what is typed during a save is saved after it, from where that one left off", async () => {
  form.text = "Hello";
  const first = saver.keep();
  await turn();
  form.text = "Hello you";
  const second = saver.save();
  await turn();
  expect(edits).toHaveLength(1);
  answer(0);
  await first;
  await turn();
  expect(forgotten).toBe(0);
  expect(edits[1]).toMatchObject({
    was: { content: { text: "Hello" } },
    amends: true,
    set: { content: { text: "Hello you" } },
  });
  answer(1);
  expect(await second).toBe(true);
});

test("an empty name keeps nothing else from being saved, and is asked for", async () => {
  form.name = " ";
  form.text = "Hello";
  const saved = saver.save();
  await turn();
  expect(edits[0]?.set).toMatchObject({ name: "Sale", content: { text: "Hello" } });
  answer(0);
  expect(await saved).toBe(false);
  expect(saver.refused).toMatch(/name/);
  expect([form.name, form.isDirty, saver.canSave]).toEqual([" ", true, false]);
});

test("what was refused stays on the screen and is not tried again until it is changed", async () => {
  form.text = "Too late";
  const kept = saver.keep();
  await turn();
  answer(0, err(refusal));
  await kept;
  expect([saver.refused, form.text, form.isDirty]).toEqual(["already_sent", "Too late", true]);
  expect(saver.canSave).toBe(false);
  form.text = "Too late?";
  expect(saver.canSave).toBe(true);
});

test("pauses in typing save at once, then not more often than every ten seconds", async () => {
  expect(saver.pauseMs).toBe(1_500);
  await saver.keepAfterPause();
  now = 4_000;
  expect(saver.pauseMs).toBe(6_000);
  now = 60_000;
  expect(saver.pauseMs).toBe(1_500);
});
