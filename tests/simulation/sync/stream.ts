// The live stream of a simulated device: the product's pace and pages, frames that arrive in
// order or not at all, and a connection that may break at any moment.
import type { Id } from "#domain/core/id.ts";
import type { Heard, PullReply } from "#protocol/down.ts";
import type { PullRequest } from "#protocol/up.ts";
import { sentPage } from "#server/live/hub.ts";
import { afterAck, afterSent, isReady, opened, woken, type Pace } from "#server/live/pace.ts";
import type { Random } from "../random.ts";
import type { Tab } from "./device.ts";
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

  /** One thing happens: it opens, the server sends, a frame arrives, or it breaks. */
  async step(tab: Tab): Promise<void> {
    if (tab.busy !== null) return;
    if (this.#open === null) {
      await this.#dial(tab);
      return;
    }
    const chosen = this.#random.next();
    if (chosen < 0.1) this.break(tab);
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
    const reply = await this.#ask(hello);
    if (reply === null) return;
    const pace = reply.t === "page" ? woken(opened(hello.ch, sentPage(reply.feeds).to)) : null;
    this.#open = { hello, frames: [reply], pace };
  }

  async #send(open: Connection): Promise<void> {
    if (open.pace === null) return;
    const pace = woken(open.pace);
    if (!isReady(pace, this.#clock(), 0)) return;
    const { org = 0, team = 0, roll = 0, user = 0 } = pace.sent;
    const feeds = {
      org: { from: org },
      team: { from: team },
      roll: { from: roll },
      user: { from: user },
    };
    const epoch = this.#server.epochNow;
    const reply = await this.#ask({ ...open.hello, epoch, ch: pace.ch, feeds });
    if (reply === null) {
      this.#open = null;
      return;
    }
    const sent = reply.t === "page" ? sentPage(reply.feeds) : null;
    open.pace = sent === null ? null : afterSent(pace, sent, this.#clock());
    if (sent?.empty !== true) open.frames.push(reply);
  }

  /** Null: the server is gone. */
  async #ask(where: PullRequest): Promise<PullReply | null> {
    if (this.#server.left.has(this.#user)) return null;
    try {
      return await this.#server.pull(this.#user, where);
    } catch (error) {
      if (error instanceof Died) return null;
      throw error;
    }
  }

  async #deliver(tab: Tab, open: Connection): Promise<void> {
    const frame = open.frames.shift();
    if (frame === undefined) return;
    const step = await tab.core.receive(frame);
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
