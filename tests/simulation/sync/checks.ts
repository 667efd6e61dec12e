// What must hold on a device after every step, whatever happened: sync.md 5.1, SPEC.md.
import type { Id } from "#domain/core/id.ts";
import type { Act } from "#domain/sync/command.ts";
import { decide } from "#domain/sync/decide.ts";
import type { View } from "#domain/sync/decision.ts";
import { feeds, type Documents, type Kind } from "#domain/sync/document.ts";
import type { Card, SyncMeta } from "#lib/db/client-db.ts";
import type { Verdict } from "#protocol/down.ts";
import { tellsOf } from "./cards.ts";
import type { Device } from "./device.ts";
import type { Seen } from "./look.ts";
import { isFinal, isWhole } from "./others.ts";
import { isBehind, type SimServer } from "./server.ts";
import { placeOf, type Cursors, type State } from "./truth.ts";
import { Violation } from "./violation.ts";

/** What an earlier look found, to compare with. */
export interface Before {
  readonly epoch: string | null;
  readonly cursors: Cursors;
}

/** Looks at the device and throws the first violation that it finds. */
export async function check(
  device: Device,
  server: SimServer,
  before: Before | null,
): Promise<Before> {
  const seen = await device.look();
  if (isOver(seen, device)) {
    checkEnded(seen, device);
    return { epoch: null, cursors: seen.meta.cursors };
  }
  // Stored just before a crash: its author will find it, so it counts.
  for (const { uid, act } of seen.outbox) device.ledger.set(uid, act);
  checkCursors(seen, before);
  checkBase(seen, device, server);
  checkReports(seen);
  checkShown(seen, device);
  checkOwnWork(seen, device, server);
  checkCards(seen, device, server);
  return { epoch: seen.meta.epoch, cursors: seen.meta.cursors };
}

/** Whether a tab was told that the device is revoked, and lived long enough to do what follows. */
function isOver({ hasEnded }: Seen, device: Device): boolean {
  const isTold = device.tabs.some((tab) => tab.isTold);
  device.isOver ||= isTold || hasEnded;
  return device.isOver;
}

/** Nothing of the workspace is left, and whatever comes late brings nothing back. */
function checkEnded({ kept }: Seen, { options }: Device): void {
  if (kept > 0) throw new Violation("I9", `${options.name} was revoked, and keeps ${kept} records`);
}

function checkCursors({ meta }: Seen, before: Before | null): void {
  if (before === null || before.epoch !== meta.epoch) return;
  for (const feed of feeds) {
    // A feed that starts again stands at 0, with its old base in sight (S22).
    if (feed in meta.refill) continue;
    if (meta.cursors[feed] < before.cursors[feed]) {
      throw new Violation(
        "I1",
        `${feed} went back from ${before.cursors[feed]} to ${meta.cursors[feed]}`,
      );
    }
  }
}

function checkBase({ meta, base }: Seen, device: Device, server: SimServer): void {
  const { epoch, cursors } = meta;
  // Another history has begun: the old base stays in sight until the new one is whole.
  if (isBeginning(meta)) return;
  const { user } = device.options.actor;
  const place = `${epoch}: ${placeOf(cursors)}`;
  const isEmpty = feeds.every((feed) => cursors[feed] === 0);
  const state = isEmpty ? new Map<string, string>() : server.stateAt(epoch, user, cursors);
  if (state === undefined) throw new Violation("I4", `the server never stood at ${place}`);
  compare("I4", `base at ${place}`, asText(base), state);
}

/** What is over shows its last counts, and never beside older ones. */
function checkReports({ base }: Seen): void {
  for (const doc of base.values()) {
    if (!("states" in doc)) continue;
    if (!isWhole(doc)) throw new Violation("I13", `${doc.id} counts some people twice, or not`);
    const campaign = base.get(`campaign:${doc.id}`);
    if (campaign === undefined || !("phase" in campaign)) continue;
    if (campaign.phase === "completed" && !isFinal(doc)) {
      throw new Violation("I13", `${doc.id} is completed beside counts of before`);
    }
  }
}

function isBeginning({ cursors, refill }: SyncMeta): boolean {
  return feeds.every((feed) => feed in refill && cursors[feed] === 0);
}

function checkShown({ base, shown, outbox }: Seen, device: Device): void {
  const rows = new Map(base);
  const { actor } = device.options;
  for (const { act, now } of outbox) {
    const decision = decide(viewOf(rows), act, { ...actor, now, authority: false });
    if (decision.outcome === "rejected") continue;
    for (const { kind, id, doc } of decision.writes) {
      if (kind === "signUp") continue;
      if (doc === null) rows.delete(`${kind}:${id}`);
      else rows.set(`${kind}:${id}`, doc);
    }
  }
  compare("I11", "what is shown", asText(shown), asText(rows));
}

function checkOwnWork({ meta, outbox }: Seen, device: Device, server: SimServer): void {
  const waiting = new Set(outbox.map(({ uid }) => uid));
  for (const [uid, act] of device.ledger) {
    if (waiting.has(uid) || device.discarded.has(uid)) continue;
    const verdict = server.books.everAnswered.get(uid);
    if (verdict === undefined) throw new Violation("I3", `${act.name} ${uid} is nowhere`);
    if (meta.epoch !== server.epochNow || isBeginning(meta)) continue;
    // What a restore forgot is out of sight until it was said again: nobody can know better.
    if (server.books.answeredAgain.has(uid)) continue;
    const known = server.books.verdicts.get(uid);
    if (known === undefined || known.outcome === "rejected") continue;
    if (isBehind(known.seqs, meta.cursors)) {
      throw new Violation("I8", `${act.name} ${uid} was accepted and is out of its author's sight`);
    }
  }
}

function checkCards(seen: Seen, device: Device, server: SimServer): void {
  for (const { id } of seen.cards) {
    // Decided a second time after a restore: that is news, and may have another end.
    if (server.books.answeredAgain.has(id)) continue;
    if (device.dismissed.has(id) && !device.askedAgain.has(id)) {
      throw new Violation("I10", `the card ${id} came back`);
    }
    const outcome = server.books.everAnswered.get(id)?.outcome;
    if (outcome === undefined || outcome === "ok") {
      throw new Violation("I10", `the card ${id} tells of what did not happen (${outcome})`);
    }
  }
  checkTold(seen, device, server);
}

function checkTold({ meta, outbox, cards }: Seen, device: Device, server: SimServer): void {
  // The server may know before the device heard of it: until then the command still waits.
  const told = new Set([...cards, ...outbox].map((each) => ("uid" in each ? each.uid : each.id)));
  const read = new Set([...device.dismissed.values()].flatMap((uids) => [...uids]));
  for (const [uid, act] of device.ledger) {
    const verdict = server.books.everAnswered.get(uid);
    if (verdict === undefined || verdict.outcome === "ok" || device.discarded.has(uid)) continue;
    if (told.has(uid) || device.dismissed.has(uid)) continue;
    if (read.has(uid) || isToldBeside(device, cards, { act, verdict })) continue;
    // A request that came late let a restored server decide anew: the device, which has not heard of it, asks.
    if (server.books.answeredAgain.has(uid) && meta.epoch !== server.epochNow) continue;
    throw new Violation("I10", `${act.name} ${uid} was ${verdict.outcome} and nobody was told`);
  }
}

interface Answered {
  readonly act: Act;
  readonly verdict: Verdict;
}

/** Whether a card of another command tells of it. */
function isToldBeside(device: Device, cards: readonly Card[], { act, verdict }: Answered): boolean {
  const isFollower = verdict.refusal?.type === "parent";
  if (isFollower && isGrouped(device, cards, act.args.id)) return true;
  return cards.some((card) => tellsOf(card, act, verdict));
}

/** Whether a card about the same thing, shown now or read before, tells of it too. */
function isGrouped(device: Device, cards: readonly Card[], id: Id): boolean {
  const read = [...device.dismissed.keys()].map((uid) => device.ledger.get(uid)?.args.id);
  return cards.some(({ act }) => act.args.id === id) || read.includes(id);
}

/** After the faults: everything said, everything heard. */
export async function checkSettled(device: Device, server: SimServer): Promise<void> {
  if (device.isOver) return;
  const { meta, outbox, shown } = await device.look();
  const left = outbox.map(({ act, state }) => `${act.name} (${state})`);
  if (left.length > 0) throw new Violation("I17", `still in the outbox: ${left.join(", ")}`);
  const { user } = device.options.actor;
  const heads = placeOf(server.heads(user));
  const place = placeOf(meta.cursors);
  if (place !== heads) throw new Violation("I4", `stands at ${place}, the server at ${heads}`);
  const state = server.stateAt(server.epochNow, user, meta.cursors) ?? new Map<string, string>();
  compare("I4", "what is shown at the end", asText(shown), state);
  for (const [uid, act] of device.ledger) {
    const isAnswered = server.books.verdicts.has(uid) || device.discarded.has(uid);
    // What was refused is on a card; a restored server need not hear of it again.
    if (isAnswered || server.books.everAnswered.get(uid)?.outcome === "rejected") continue;
    throw new Violation("I3", `${act.name} ${uid} was forgotten with the restored server`);
  }
}

function viewOf(rows: ReadonlyMap<string, Documents[Kind]>): View {
  return {
    get: <K extends Kind>(kind: K, id: Id) =>
      // The key names the kind, so the row is of it.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      rows.get(`${kind}:${id}`) as Documents[K] | undefined,
  };
}

/** What is stored is replaced, never changed: each row needs to be written out once. */
const texts = new WeakMap<Documents[Kind], string>();

function asText(rows: ReadonlyMap<string, Documents[Kind]>): State {
  return new Map([...rows].map(([key, doc]) => [key, textOf(doc)]));
}

function textOf(doc: Documents[Kind]): string {
  const known = texts.get(doc);
  if (known !== undefined) return known;
  const text = JSON.stringify(doc);
  texts.set(doc, text);
  return text;
}

function compare(rule: string, what: string, mine: State, right: State): void {
  for (const [key, text] of right) {
    const other = mine.get(key);
    if (other !== text) {
      throw new Violation(rule, `${what}: ${key} is ${other ?? "missing"} instead of ${text}`);
    }
  }
  for (const key of mine.keys()) {
    if (!right.has(key)) throw new Violation(rule, `${what}: ${key} is too much`);
  }
}
