// The live stream of a simulated device: the product's pace and pages, frames that arrive in
// order or not at all, and a connection that may break at any moment.
import type { LiveDown } from "#protocol/down.ts";
import { afterAck, isReady, opened, woken, type Pace } from "#server/live/pace.ts";
import type { Random } from "../random.ts";
import type { Tab } from "./device.ts";
import type { Cursors, SimServer } from "./server.ts";

interface Connection {
  readonly frames: LiveDown[];
  pace: Pace | null;
}

export class Stream {
  readonly #server: SimServer;
  readonly #random: Random;
  readonly #clock: () => number;
  #open: Connection | null = null;

  constructor(server: SimServer, random: Random, clock: () => number) {
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
    const reply = await this.#server.pull(hello);
    const at: Record<string, number> = {};
    for (const [feed, page] of Object.entries(reply.t === "page" ? reply.feeds : {})) {
      at[feed] = page.to;
    }
    const pace = reply.t === "page" ? woken(opened(hello.ch, at)) : null;
    this.#open = { frames: [reply], pace };
  }

  async #send(open: Connection): Promise<void> {
    if (open.pace === null) return;
    const pace = woken(open.pace);
    if (!isReady(pace, this.#clock(), 0)) return;
    const sent = await this.#server.nextPage(pace, this.#clock());
    open.pace = sent.pace;
    if (sent.page !== null) open.frames.push(sent.page);
  }

  async #deliver(tab: Tab, open: Connection): Promise<void> {
    const frame = open.frames.shift();
    if (frame === undefined) return;
    const step = await tab.core.receive(frame);
    if (step.act === "redial" || step.act === "stop") this.break(tab);
    if (step.act === "ack" && open.pace !== null) {
      const { ch, feeds } = step.message;
      const at: Partial<Cursors> = feeds;
      open.pace = afterAck(open.pace, { ch, at });
    }
    // A frame that comes after the connection ended must change nothing.
    const [late] = open.frames;
    if (this.#open === null && late !== undefined) await tab.core.receive(late);
  }
}
