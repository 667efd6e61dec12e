// The live stream of a simulated device: the product's pace and pages, frames that arrive in
// order or not at all, and a connection that may break at any moment.
import type { Id } from "#domain/core/id.ts";
import { packed, type PullReply } from "#protocol/down.ts";
import { createUnderstanding, type Heard } from "#protocol/heard.ts";
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
import { sharedPage } from "#server/live/shared-page.ts";
import type { Random } from "../random.ts";
import type { Tab } from "./device.ts";
import { carelesslyHeard } from "./bugs-client.ts";
import { TurnedAway } from "./gate.ts";
import { Died, type SimServer } from "./server.ts";

type Bye = Extract<Heard, { readonly t: "bye" }>;

interface Connection {
  readonly hello: PullRequest;
  /** As they travel: text, or bytes. */
  readonly frames: (string | Buffer)[];
  readonly understand: ReturnType<typeof createUnderstanding>;
  /** Of the server: a connection ends with the process that it is of. */
  readonly process: number;
  /** Under which the server writes. */
  ch: string;
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
    // What it sent before it ended still arrives; nothing comes of the one after it.
    if (this.#open.process !== this.#server.process) {
      if (this.#open.frames.length === 0) this.break(tab);
      else await this.#deliver(tab, this.#open);
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
    const { process } = this.#server;
    const reply = await this.#ask(() => this.#server.pull(this.#user, hello));
    if (reply === null) return;
    const pace = reply.t === "page" ? woken(opened(sentPage(reply.feeds).to)) : null;
    const frames = [JSON.stringify(reply.t === "bye" ? reply : packed(reply))];
    this.#open = { hello, frames, understand: createUnderstanding(), process, ch: hello.ch, pace };
  }

  async #send(open: Connection): Promise<void> {
    if (open.pace === null) return;
    if (this.#server.books.revoked.has(open.hello.client)) {
      this.#dismiss(open, "revoked");
      return;
    }
    const pace = woken(afterWaiting(open.pace, this.#clock()));
    if (!isReady(pace, this.#clock(), 0)) return;
    const where = { ...open.hello, epoch: this.#server.epochNow, ch: open.ch, feeds: after(pace) };
    const reply = await this.#ask(() => this.#server.page(this.#user, where, pace.cut));
    if (reply === null) {
      this.#open = null;
      return;
    }
    if (reply.t === "bye") {
      this.#dismiss(open, reply.why);
      return;
    }
    const sent = reply.t === "page" ? sentPage(reply.feeds) : null;
    open.pace = sent === null ? null : afterSent(pace, sent, this.#clock());
    if (sent?.empty === true) return;
    const { said, isBytes, naming } = sharedPage(reply, pace.cut);
    if (open.ch !== open.hello.ch) open.frames.push(naming(open.ch));
    else open.frames.push(isBytes ? said : String(said));
  }

  /** What was sent before still arrives, and then the farewell. */
  #dismiss(open: Connection, why: Bye["why"]): void {
    open.pace = null;
    open.frames.push(JSON.stringify({ t: "bye", why }));
  }

  /** Null: the server is gone. */
  async #ask(question: () => Promise<PullReply>): Promise<PullReply | Bye | null> {
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
    const travelled = open.frames.shift();
    if (travelled === undefined) return;
    const frame = understood(open, travelled);
    if (frame.t === "bye" && frame.why === "revoked") tab.isTold = true;
    const newId = (): Id => this.#random.id();
    const said = await carelesslyHeard(frame, { db: tab.db, bug: this.#server.options.bug, newId });
    const step = await tab.core.receive(said);
    if (step.act === "redial" || step.act === "stop") this.break(tab);
    if (step.act === "ack" && open.pace !== null) {
      const { ch, feeds } = step.message;
      const isNewChain = ch !== open.ch;
      open.pace = afterAck(open.pace, { isNewChain, at: feeds }, this.#clock());
      open.ch = ch;
    }
    // A frame that comes after the connection ended must change nothing.
    const [late] = open.frames;
    if (this.#open === null && late !== undefined) await tab.core.receive(understood(open, late));
  }
}

/** What the server says is understood, always. */
function understood({ understand }: Connection, travelled: string | Buffer): Heard {
  const frame = understand(travelled);
  if (frame === null) throw new Error(`nobody understands ${String(travelled)}`);
  return frame;
}

/** Where the next page begins. */
function after({ sent: { org = 0, team = 0, roll = 0, user = 0 } }: Pace): PullRequest["feeds"] {
  return { org: { from: org }, team: { from: team }, roll: { from: roll }, user: { from: user } };
}
