import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import type { CampaignFields } from "#domain/campaign/campaign.ts";
import { isId } from "#domain/core/id.ts";
import { err, ok } from "#domain/core/result.ts";
import { noCounts } from "#domain/message/state.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ana, aCampaign, anAccount, anAudience } from "../../../tests/support/campaigns.ts";
import { ClientDb, type Card } from "../db/client-db.ts";
import { receiveReset } from "../db/checkpoint.ts";
import { createSyncCore, type SyncCore } from "../sync/core.ts";
import { newId } from "../sync/new-id.ts";
import { watchWords } from "./act-words.ts";
import { AttentionState, type AttentionDeps } from "./attention.svelte.ts";
import { CampaignsState } from "./campaigns.svelte.ts";
import { Device } from "./device.svelte.ts";
import { SyncState } from "./sync.svelte.ts";
import { createWriter } from "./writer.svelte.ts";

const storage = async () => ({ usage: null, quota: null, persisted: false });
const nobody = () => null;
const noNetwork = async () => err({ kind: "unreachable", retryAfterMs: null } as const);

let db: ClientDb;
let core: SyncCore;
let device: Device;
let campaigns: CampaignsState;
let attention: AttentionState;
let sync: SyncState;
let bringBack: AttentionDeps["bringBack"] = async () => err("nobody answers");

beforeEach(async () => {
  db = new ClientDb(`state-${newId()}`);
  await db.open();
  device = new Device();
  core = createSyncCore({
    db,
    transport: { push: noNetwork, pull: noNetwork },
    clock: { wall: Date.now, monotonic: Date.now },
    newId,
    actor: () => ({ user: ana, role: "admin", access: defaultAccessSettings }),
  });
  const discard = (mid: number) => core.discard(mid);
  const writer = createWriter({
    device,
    write: (act, how) => core.write(act, how),
    discard,
    onWritten: () => undefined,
  });
  campaigns = new CampaignsState(device, writer, newId);
  attention = new AttentionState(device, writer, { newId, bringBack: (id) => bringBack(id) });
  sync = new SyncState(device, {
    syncNow: () => undefined,
    discard,
    storage,
    end: async () => undefined,
    carrying: nobody,
  });
  device.open(db);
});

afterEach(() => {
  device.open(null);
  db.close();
});

function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5_000, interval: 5 });
}

/** A complete SMS campaign as the server would have sent it. */
async function hasACampaign(): Promise<string> {
  const doc = aCampaign({ phase: "pending" });
  await db.audience.put({ id: anAudience().id, doc: anAudience(), n: 0 });
  await db.account.put({ id: anAccount().id, doc: anAccount(), n: 0 });
  await db.campaign.put({ id: doc.id, doc, n: 0 });
  return doc.id;
}

test("a new campaign is on the list at once, and waits in words", async () => {
  const made = await campaigns.create({ type: "sms", name: "Sale" });
  expect(made.ok && isId(made.value)).toBe(true);
  await until(() =>
    expect(campaigns.all[0]).toMatchObject({ campaign: { name: "Sale" }, pending: 1 }),
  );
  await until(() => expect(sync.pending).toMatchObject([{ name: "campaign.create" }]));
  const words = watchWords(device);
  const of = (list: readonly { readonly uid: string }[]) => words.value.get(list[0]?.uid ?? "");
  await until(() => expect(of(sync.pending)).toBe("Create campaign “Sale”"));
  device.detach(words);
  expect([sync.unsent, sync.status]).toEqual([1, "syncing"]);
});

test("an edit sends only what differs, and nothing when nothing does", async () => {
  const id = await hasACampaign();
  const was: CampaignFields = aCampaign();
  const same = { name: was.name, content: { ...was.content } };
  expect(await campaigns.edit(id, { was }, same)).toEqual(ok(id));
  expect(await db.outbox.count()).toBe(0);
  const content = { ...was.content, text: "Hi" };
  expect((await campaigns.edit(id, { was }, { name: was.name, content })).ok).toBe(true);
  const [command] = await db.outbox.toArray();
  expect(command?.act.args).toEqual({
    id,
    content: { text: { was: was.content.text, set: "Hi" } },
  });
});

test("many writes at once, while the screen reads, are all kept in order", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `Sale ${i}`);
  const made = await Promise.all(names.map((name) => campaigns.create({ type: "sms", name })));
  expect(made.every(({ ok: isDone }) => isDone)).toBe(true);
  await until(() => expect(campaigns.all).toHaveLength(40));
  const mids = (await db.outbox.toArray()).map(({ mid }) => mid);
  expect(mids).toEqual(names.map((_, i) => i + 1));
});

test("a launch without a network waits, and is not shown as sending", async () => {
  const id = await hasACampaign();
  expect(await campaigns.send(id)).toEqual(ok(id));
  await until(() => expect(campaigns.byId(id)?.waiting).toBe("send"));
  expect(campaigns.byId(id)?.campaign.phase).toBe("pending");
});

test("a launch without an audience names what is missing", async () => {
  const made = await campaigns.create({ type: "sms", name: "Sale" });
  if (!made.ok) throw new Error("it can be made");
  const refused = await campaigns.send(made.value);
  expect(refused).toMatchObject({ ok: false, error: { type: "incomplete", field: "accountId" } });
});

test("an unsent removal can be taken back", async () => {
  const id = await hasACampaign();
  await campaigns.remove(id);
  await until(() => expect(campaigns.byId(id)).toBeUndefined());
  expect(await campaigns.restore(id)).toBe(true);
  await until(() => expect(campaigns.byId(id)?.campaign.name).toBe(aCampaign().name));
  expect(await campaigns.restore(id)).toBe(false);
});

test("live counters reach their campaign, and only newer ones are read", async () => {
  const id = await hasACampaign();
  await until(() => expect(campaigns.byId(id)).toBeDefined());
  await db.rollup.put({ id, doc: aRollup(id, 10), n: 1 });
  await until(() => expect(campaigns.byId(id)?.rollup?.total).toBe(10));
  await db.rollup.put({ id, doc: aRollup(id, 20), n: 2 });
  await until(() => expect(campaigns.byId(id)?.rollup?.total).toBe(20));
});

function aRollup(id: string, total: number): Rollup {
  const states = { ...noCounts, queued: total };
  return {
    id,
    total,
    states,
    segments: states,
    reasons: [],
    spanMs: 60_000,
    series: [],
    rate: 0,
    at: total,
  };
}

const card: Card = {
  id: newId(),
  kind: "rejected",
  act: { name: "campaign.edit", args: { id: aCampaign().id, name: { was: "Sale", set: "Mine" } } },
  refusal: { type: "already_sent", field: null, detail: {} },
  lost: [],
  mine: aCampaign({ name: "Mine" }),
  followers: [],
  at: 1,
};

test("a card becomes a new draft with everything that was typed, beside the other one by its name", async () => {
  await db.inbox.put(card);
  await until(() => expect(attention.cards).toMatchObject([{ canMakeDraft: true }]));
  const draft = await attention.makeDraft(card.id);
  if (!draft.ok) throw new Error("the draft can be made");
  await until(() => expect(campaigns.byId(draft.value)?.campaign.name).toBe("Mine (my version)"));
  expect(campaigns.byId(draft.value)?.campaign.content).toEqual(aCampaign().content);
  await until(() => expect(attention.count).toBe(0));
});

test("what a merge wrote over can be brought back", async () => {
  const id = await hasACampaign();
  const lost = [{ field: "name", theirs: "Theirs", mine: aCampaign().name }];
  await db.inbox.put({ ...card, kind: "merged", refusal: null, lost });
  await until(() => expect(attention.count).toBe(1));
  expect((await attention.useTheirs(card.id)).ok).toBe(true);
  await until(() => expect(campaigns.byId(id)?.campaign.name).toBe("Theirs"));
});

test("S4 rules: what only tells that messages had gone is a card until it is noted", async () => {
  const id = await hasACampaign();
  const gone = { since: 1, count: 4_120, total: 9_000 };
  const act = { name: "campaign.pause", args: { id } } as const;
  await db.inbox.put({ ...card, kind: "told", act, refusal: null, mine: null, gone });
  await until(() => expect(attention.cards).toMatchObject([{ kind: "told", gone }]));
  expect((await attention.useMine(card.id)).ok).toBe(true);
  await until(() => expect(attention.count).toBe(0));
  expect(await db.outbox.count()).toBe(0);
});

test("after signing out nothing of the workspace is left on the screen", async () => {
  const id = await hasACampaign();
  await until(() => expect(campaigns.byId(id)).toBeDefined());
  device.open(null);
  expect([campaigns.all, campaigns.isLoaded]).toEqual([[], false]);
});

test("a draft of a campaign that was never made keeps its name", async () => {
  const { id, type, name, content, audienceId, accountId } = aCampaign({ name: "Mine" });
  const args = { id, type, name, content, audienceId, accountId };
  await db.inbox.put({ ...card, act: { name: "campaign.create", args } });
  await until(() => expect(attention.count).toBe(1));
  const draft = await attention.makeDraft(card.id);
  if (!draft.ok) throw new Error("the draft can be made");
  await until(() => expect(campaigns.byId(draft.value)?.campaign.name).toBe("Mine"));
});

const fieldsOf = ({ name, content, audienceId, accountId }: CampaignFields): CampaignFields => ({
  name,
  content,
  audienceId,
  accountId,
});

test("what one sitting writes is one change while it has not left, with where it began", async () => {
  const id = await hasACampaign();
  const was = fieldsOf(aCampaign());
  const [one, two] = ["One", "One two"].map((text) => ({
    ...was,
    content: { ...was.content, text },
  }));
  if (one === undefined || two === undefined) throw new Error("both are there");
  await campaigns.edit(id, { was }, one);
  await campaigns.edit(id, { was: one, amends: true }, { ...two, name: "Named" });
  const change = { was: was.content.text, set: "One two" };
  expect(await db.outbox.toArray()).toMatchObject([
    { mid: 1, act: { args: { id, name: { set: "Named" }, content: { text: change } } } },
  ]);
  expect((await db.campaign.get(id))?.doc).toMatchObject({
    rev: aCampaign().rev + 1,
    name: "Named",
    content: { text: "One two" },
  });
});

test("what may have left, or lies before another act, is never changed", async () => {
  const id = await hasACampaign();
  const was = fieldsOf(aCampaign());
  await campaigns.edit(id, { was }, { name: "First" });
  await db.outbox.toCollection().modify({ state: "sending" });
  await campaigns.edit(id, { was: { ...was, name: "First" }, amends: true }, { name: "Second" });
  await campaigns.duplicate(id, "Copy");
  await campaigns.edit(id, { was: { ...was, name: "Second" }, amends: true }, { name: "Third" });
  const names = (await db.outbox.toArray()).map(({ act }) => act.name);
  expect(names).toEqual(["campaign.edit", "campaign.edit", "campaign.duplicate", "campaign.edit"]);
});

test("what was typed and taken out again in one sitting writes over nobody", async () => {
  const id = await hasACampaign();
  const was = fieldsOf(aCampaign());
  await campaigns.edit(id, { was }, { name: "Other" });
  await campaigns.edit(id, { was: { ...was, name: "Other" }, amends: true }, { name: was.name });
  expect((await db.outbox.toArray())[0]?.act.args).toEqual({ id });
  expect((await db.campaign.get(id))?.doc.name).toBe(was.name);
});

test("3.7 deleted then edited: the campaign comes back with the changes, and the card is settled", async () => {
  const id = await hasACampaign();
  const doc = (await db.campaign.get(id))?.doc;
  if (doc === undefined) throw new Error("no campaign");
  await db.campaign.delete(id);
  const act = {
    name: "campaign.edit",
    args: { id, name: { was: doc.name, set: "Mine" } },
  } as const;
  const refused: Card = {
    id: newId(),
    kind: "rejected",
    act,
    refusal: { type: "gone", field: null, detail: {} },
    lost: [],
    mine: { ...doc, name: "Mine" },
    followers: [],
    at: 1,
  };
  await db.inbox.put(refused);
  await until(() => expect(attention.count).toBe(1));
  expect(await attention.restore(refused.id)).toEqual(err("nobody answers"));
  expect(attention.count).toBe(1);
  bringBack = async () => {
    await db.campaign.put({ id, doc, n: 1 });
    return ok(null);
  };
  expect(await attention.restore(refused.id)).toEqual(ok(null));
  await until(() => expect(attention.count).toBe(0));
  expect((await db.campaign.get(id))?.doc.name).toBe("Mine");
  expect(await db.outbox.toArray()).toMatchObject([{ act }]);
});

test("3.7 cards survive a reset and an upgrade of what the server said, and are counted", async () => {
  const id = await hasACampaign();
  await db.inbox.put({
    id: newId(),
    kind: "rejected",
    act: { name: "campaign.pause", args: { id } },
    refusal: { type: "forbidden", field: null, detail: {} },
    lost: [],
    mine: null,
    followers: [],
    at: 1,
  });
  await core.pullOnce();
  const actor = { user: ana, role: "admin", access: defaultAccessSettings } as const;
  const reset = { t: "reset", epoch: "another", time: 1, feeds: {} } as const;
  await receiveReset(db, reset, { actor, now: 1, newId });
  await until(() => expect(attention.count).toBe(1));
  db.close();
  const again = new ClientDb(db.name);
  await again.open();
  expect(await again.inbox.count()).toBe(1);
  again.close();
});
