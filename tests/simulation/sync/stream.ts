// The live stream of a simulated device: the product's pace and pages, frames that arrive in
// order or not at all, and a connection that may break at any moment.
import type { Id } from "#domain/core/id.ts";
import type { Heard } from "#protocol/down.ts";
import type { PullRequest } from "#protocol/up.ts";
import { sentPage } from "#server/live/hub.ts";
import {
  afterAck,
  afterSent,
  afterWaiting,
  isReady,
  opened,
  woken,
  type Pace,
} from "#server/live/pace.ts";
import type { Random } from "../random.ts";
import type { Tab } from "./device.ts";
import { carelesslyHeard } from "./bugs-client.ts";
import { TurnedAway } from "./gate.ts";
import { Died, type SimServer } from "./server.ts";

interface Connection {
  readonly hello: PullRequest;
  readonly frames: Heard[];
  pace: Pace | null;
}

export class Stream {
  readonly #server: SimServer;
  readonly #random: Random;
  readonly #clock: () => number;
  #open: Connection | null = null;

  readonly #user: Id;

  constructor(server: SimServer, user: Id, random: Random, clock: () => number) {
    this.#user = user;
    this.#server = server;
    this.#random = random;
    this.#clock = clock;
  }

  /** One thing happens: it opens, the server sends, a frame arrives, or (so often) it breaks. */
  async step(tab: Tab, breaks = 0.1): Promise<void> {
    if (tab.busy !== null) return;
    if (this.#open === null) {
      await this.#dial(tab);
      return;
    }
    const chosen = this.#random.next();
    if (chosen < breaks) this.break(tab);
    else if (chosen < 0.5) await this.#send(this.#open);
    else await this.#deliver(tab, this.#open);
  }

  break(tab: Tab): void {
    const lost = this.#open;
    this.#open = null;
    if (lost !== null) tab.core.hangUp();
  }

  async #dial(tab: Tab): Promise<void> {
    const { t: _hello, ...hello } = await tab.core.hello();
    const reply = await this.#ask(() => this.#server.pull(this.#user, hello));
    if (reply === null) return;
    const pace = reply.t === "page" ? woken(opened(hello.ch, sentPage(reply.feeds).to)) : null;
    this.#open = { hello, frames: [reply], pace };
  }

  async #send(open: Connection): Promise<void> {
    if (open.pace === null) return;
    if (this.#server.books.revoked.has(open.hello.client)) {
      this.#dismiss(open);
      return;
    }
    const pace = woken(afterWaiting(open.pace, this.#clock()));
    if (!isReady(pace, this.#clock(), 0)) return;
    const where = { ...open.hello, epoch: this.#server.epochNow, ch: pace.ch, feeds: after(pace) };
    const reply = await this.#ask(() => this.#server.page(this.#user, where, pace.cut));
    if (reply === null) {
      this.#open = null;
      return;
    }
    const sent = reply.t === "page" ? sentPage(reply.feeds) : null;
    open.pace = sent === null ? null : afterSent(pace, sent, this.#clock());
    if (sent?.empty !== true) open.frames.push(reply);
  }

  /** What was sent before still arrives, and then the farewell. */
  #dismiss(open: Connection): void {
    open.pace = null;
    open.frames.push({ t: "bye", why: "revoked" });
  }

  /** Null: the server is gone. */
  async #ask(question: () => Promise<Heard>): Promise<Heard | null> {
    if (this.#server.left.has(this.#user)) return null;
    try {
      return await question();
    } catch (error) {
      if (error instanceof TurnedAway) return { t: "bye", why: error.why };
      if (error instanceof Died) return null;
      throw error;
    }
  }

  async #deliver(tab: Tab, open: Connection): Promise<void> {
    const frame = open.frames.shift();
    if (frame === undefined) return;
    if (frame.t === "bye" && frame.why === "revoked") tab.isTold = true;
    const newId = (): Id => this.#random.id();
    const said = await carelesslyHeard(frame, { db: tab.db, bug: this.#server.options.bug, newId });
    const step = await tab.core.receive(said);
    if (step.act === "redial" || step.act === "stop") this.break(tab);
    if (step.act === "ack" && open.pace !== null) {
      const { ch, feeds } = step.message;
      open.pace = afterAck(open.pace, { ch, at: feeds }, this.#clock());
    }
    // A frame that comes after the connection ended must change nothing.
    const [late] = open.frames;
    if (this.#open === null && late !== undefined) await tab.core.receive(late);
  }
}

/** Where the next page begins. */
function after({ sent: { org = 0, team = 0, roll = 0, user = 0 } }: Pace): PullRequest["feeds"] {
  return { org: { from: org }, team: { from: team }, roll: { from: roll }, user: { from: user } };
}
