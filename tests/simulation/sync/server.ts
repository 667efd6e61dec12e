// The server of a simulated world: the product's commands and pull over a store in memory, with
// crashes, planted mistakes, an engine-like actor, and a memory of every state it ever had.
import { contentHash, type Campaign } from "#domain/campaign/campaign.ts";
import { isRunning, next } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";
import { noCounts } from "#domain/message/state.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import type { Write } from "#domain/sync/decision.ts";
import { feeds, type Documents, type Feed } from "#domain/sync/document.ts";
import type { PullReply, PushReply, Verdict } from "#protocol/down.ts";
import { pullRequest, pushRequest, type PullRequest, type PushRequest } from "#protocol/up.ts";
import { createCommands, type Actor, type Commands } from "#server/commands/apply.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import { applyPush } from "#server/commands/push.ts";
import { createPuller, type Puller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { StoreError, type Store } from "#server/store/store.ts";
import type { CommitCommand, CommitOutcome, CommitWrites } from "#server/store/sync-store.ts";
import * as v from "valibot";
import { anAccount, anAudience } from "../../support/campaigns.ts";
import type { Random } from "../random.ts";
import { Violation, type Bug } from "./violation.ts";

export interface ServerOptions {
  readonly workspace: Id;
  readonly random: Random;
  readonly clock: () => number;
  readonly bug: Bug | null;
}

/** Every document by `kind:id`, as JSON. */
export type State = ReadonlyMap<string, string>;

type Commit =
  | { readonly t: "command"; readonly args: CommitCommand }
  | { readonly t: "writes"; readonly args: CommitWrites };

export type Cursors = Readonly<Record<Feed, number>>;

/** Small enough that a cut often takes several pages. */
const maxRows = 4;

export class SimServer {
  /** What the server held at each set of heads that it ever had. */
  readonly history = new Map<string, State>();
  /** What it answered, by uid; asked by the checks, never by the product. */
  readonly verdicts = new Map<Id, Verdict>();
  /** Also what it answered before it was restored, and may have forgotten. */
  readonly everAnswered = new Map<Id, Verdict>();
  /** Commands that a restore made it forget, and that came again. */
  readonly answeredAgain = new Set<Id>();
  epochNow = "";
  readonly #options: ServerOptions;
  readonly #effects = new Map<Id, number>();
  readonly #launched = new Map<Id, string>();
  /** Every commit since the beginning: a back-up is a number of them. */
  #log: readonly Commit[] = [];
  #crash: "before" | "after" | null = null;
  #store: Store;
  #commands: Commands;
  #puller: Puller;

  constructor(options: ServerOptions) {
    this.#options = options;
    const started = this.#start();
    this.#store = started.store;
    this.#commands = started.commands;
    this.#puller = started.puller;
  }

  #start() {
    const { clock } = this.#options;
    const store = openInlineStore(":memory:");
    const commitCommand = (args: CommitCommand) => this.#commit(args);
    const commands = createCommands({
      store: { sync: { ...store.sync, commitCommand } },
      clock,
      checkContent: openContentCheck(),
    });
    return { store, commands, puller: createPuller({ store, clock, maxRows }) };
  }

  /** Back to a state of before, as from a back-up: what came later is forgotten. */
  async restore(): Promise<void> {
    const kept = this.#log.slice(0, 3 + this.#options.random.below(this.#log.length));
    await this.#store.close();
    const { store, commands, puller } = this.#start();
    this.#store = store;
    this.#commands = commands;
    this.#puller = puller;
    this.#log = kept;
    for (const forgotten of [this.verdicts, this.#effects, this.#launched]) forgotten.clear();
    await this.#remember();
    for (const commit of kept) {
      if (commit.t === "writes") await store.sync.commitWrites(commit.args);
      else {
        const done = await store.sync.commitCommand(commit.args);
        if (done.outcome !== "committed") throw new Error("a restored history went another way");
        this.verdicts.set(commit.args.origin.uid, done.verdict);
        this.#noteEffect(commit.args);
      }
      await this.#remember();
    }
  }

  async open(): Promise<void> {
    await this.#remember();
    const writes: Write[] = [
      anAudience({ rev: 1 }),
      anAudience({ id: this.#options.random.id() }),
    ].map((doc) => ({ kind: "audience", id: doc.id, doc }));
    const account = anAccount();
    await this.#write([...writes, { kind: "account", id: account.id, doc: account }]);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** The next commit fails: before it happened, or after. */
  crashNext(when: "before" | "after"): void {
    this.#crash = when;
  }

  heal(): void {
    this.#crash = null;
  }

  async push(actor: Omit<Actor, "workspace">, wire: PushRequest): Promise<PushReply> {
    const request = v.parse(pushRequest, copy(wire));
    const { workspace, clock } = this.#options;
    const done = await applyPush(this.#commands, { ...actor, workspace }, request);
    return copy({ ...done, time: clock(), epoch: await this.#puller.epoch() });
  }

  async pull(wire: PullRequest): Promise<PullReply> {
    const request = v.parse(pullRequest, copy(wire));
    return copy(await this.#puller.pull({ ...request, ...this.#asked() }));
  }

  async epoch(): Promise<string> {
    this.epochNow = await this.#puller.epoch();
    return this.epochNow;
  }

  async heads(): Promise<Cursors> {
    const heads = await this.#store.sync.heads({ ...this.#asked(), feeds });
    const at = (feed: Feed): number => heads[feed]?.head ?? 0;
    return { org: at("org"), team: at("team"), roll: at("roll"), user: at("user") };
  }

  /** Nobody in this world has anything of their own: that feed stays empty. */
  #asked() {
    return { workspace: this.#options.workspace, user: "" };
  }

  async campaigns(): Promise<readonly Campaign[]> {
    const { workspace } = this.#options;
    return this.#store.sync.list({ workspace, kind: "campaign" });
  }

  /** As the delivery engine does: moves a campaign on, or counts. */
  async engine(): Promise<void> {
    const { random, clock } = this.#options;
    const now = clock();
    const running = (await this.campaigns()).filter(
      ({ phase, schedule }) =>
        (isRunning(phase) && phase !== "paused") ||
        (phase === "scheduled" && (schedule?.at ?? 0) <= now),
    );
    const campaign = random.pickOr(running);
    if (campaign === null) return;
    const event = engineEvents[campaign.phase];
    const phase = event === undefined ? null : next(campaign, event, true);
    const moves = phase !== null && phase !== "gone" && random.chance(0.5);
    const doc = moves
      ? { ...campaign, rev: campaign.rev + 1, phase, launchedAt: campaign.launchedAt ?? now }
      : campaign;
    const writes: Write[] = moves ? [{ kind: "campaign", id: doc.id, doc }] : [];
    await this.#write([...writes, { kind: "rollup", id: doc.id, doc: this.#rollup(doc.id) }]);
  }

  /** As an administrator at another screen: an account or an audience changes, or an audience goes. */
  async administer(): Promise<void> {
    const { workspace, random } = this.#options;
    const account = anAccount({ name: `Account ${random.below(1_000)}`, rev: 1 });
    const audiences = await this.#store.sync.list({ workspace, kind: "audience" });
    const audience = random.pickOr(audiences);
    if (audience === null || random.chance(0.4)) {
      await this.#write([{ kind: "account", id: account.id, doc: account }]);
      return;
    }
    const doc: Documents["audience"] = {
      ...audience,
      rev: audience.rev + 1,
      name: `N${random.below(99)}`,
    };
    const goes = audiences.length > 1 && random.chance(0.3);
    await this.#write([{ kind: "audience", id: audience.id, doc: goes ? null : doc }]);
  }

  async purge(): Promise<void> {
    await this.#store.sync.purge({
      before: this.#options.clock() - this.#options.random.below(60_000),
    });
  }

  #rollup(id: Id): Rollup {
    const { random, clock } = this.#options;
    const sent = random.below(100);
    return {
      id,
      total: 100,
      states: { ...noCounts, submitted: sent, queued: 100 - sent },
      segments: noCounts,
      reasons: [],
      spanMs: 60_000,
      series: [],
      rate: 0,
      at: clock(),
    };
  }

  async #write(writes: readonly Write[]): Promise<void> {
    const { workspace, clock } = this.#options;
    const args: CommitWrites = { workspace, expect: [], writes, activity: null, now: clock() };
    await this.#store.sync.commitWrites(args);
    this.#log = [...this.#log, { t: "writes", args }];
    await this.#remember();
  }

  async #commit(args: CommitCommand): Promise<CommitOutcome> {
    const when = this.#crash;
    this.#crash = null;
    if (when === "before") throw new StoreError("other", "the server crashed");
    const outcome = await this.#commitAs(args);
    if (outcome.outcome === "committed") {
      this.verdicts.set(args.origin.uid, outcome.verdict);
      if (this.everAnswered.has(args.origin.uid)) this.answeredAgain.add(args.origin.uid);
      this.everAnswered.set(args.origin.uid, outcome.verdict);
      this.#log = [...this.#log, { t: "command", args }];
      if (this.#options.bug !== "verdict-apart") this.#noteEffect(args);
      await this.#remember();
    }
    if (when === "after") throw new StoreError("other", "the server crashed after its commit");
    return outcome;
  }

  async #commitAs(args: CommitCommand): Promise<CommitOutcome> {
    const { bug, random } = this.#options;
    const { sync } = this.#store;
    if (bug === "no-dedup") {
      const origin = { ...args.origin, uid: random.id(), client: random.id(), mid: 1 };
      return sync.commitCommand({ ...args, origin });
    }
    if (bug !== "verdict-apart") return sync.commitCommand(args);
    if ((await sync.commitWrites(args)) === "conflict") return { outcome: "conflict" };
    this.#noteEffect(args);
    await this.#remember();
    if (random.chance(0.1)) throw new StoreError("other", "the server crashed in between");
    return sync.commitCommand({ ...args, expect: [], writes: [], activity: null });
  }

  #noteEffect({ origin: { uid }, writes }: CommitCommand): void {
    if (writes.length === 0) return;
    const times = (this.#effects.get(uid) ?? 0) + 1;
    this.#effects.set(uid, times);
    if (times > 1) throw new Violation("I2", `the command ${uid} took effect ${times} times`);
  }

  async #remember(): Promise<void> {
    const from = { org: 0, team: 0, roll: 0 };
    const pages = await this.#store.sync.pages({
      ...this.#asked(),
      from,
      maxRows: 100_000,
      maxBytes: 100_000_000,
    });
    const state = new Map<string, string>();
    for (const page of Object.values(pages)) {
      const { kind, id, doc } = page.rows;
      for (const [index, each] of doc.entries()) {
        if (each !== null) state.set(`${kind[index]}:${id[index]}`, JSON.stringify(each));
      }
    }
    this.history.set(`${await this.epoch()}: ${placeOf(await this.heads())}`, state);
    for (const campaign of await this.campaigns()) this.#checkSent(campaign);
  }

  #checkSent(campaign: Campaign): void {
    if (campaign.waiting !== null) throw new Violation("I7", `${campaign.id} waits on the server`);
    if (campaign.launchedAt === null) return;
    const hash = contentHash(campaign);
    const launched = this.#launched.get(campaign.id) ?? hash;
    this.#launched.set(campaign.id, launched);
    if (launched !== hash) throw new Violation("I7", `${campaign.id} changed after it was sent`);
  }
}

const engineEvents: Readonly<
  Partial<Record<Campaign["phase"], "due" | "prepared" | "submitted" | "settled">>
> = {
  scheduled: "due",
  preparing: "prepared",
  active: "submitted",
  settling: "settled",
};

/** Names a set of heads or cursors. */
export function placeOf({ org, team, roll }: Cursors): string {
  return `org ${org}, team ${team}, roll ${roll}`;
}

/** As it comes through a wire. */
function copy<T>(value: T): T {
  const through: T = JSON.parse(JSON.stringify(value));
  return through;
}
