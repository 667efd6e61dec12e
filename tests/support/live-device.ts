/** A device on the live stream of a real server: signed in as a person, it keeps the counters that it is told. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Rollup } from "#domain/report/rollup.ts";
import { isRollupChange, withChange } from "#domain/report/rollup-change.ts";
import { feeds } from "#domain/sync/document.ts";
import { createUnderstanding, type Heard } from "#protocol/heard.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import * as v from "valibot";
import { WebSocket } from "ws";
import type { RealServer } from "./real-server.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The counters of a campaign as they came with one page. */
export interface Told {
  readonly at: number;
  readonly rollup: Pick<Rollup, "id" | "total" | "states">;
}

export class LiveDevice {
  /** Every rollup that came, in order. */
  readonly told: Told[] = [];
  /** As they are after the last page, by campaign. */
  /** Where it stands in each feed. */
  readonly #at: Record<string, number> = {};
  readonly #rollups = new Map<string, Rollup>();
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(server: RealServer, credentials: Credentials): Promise<LiveDevice> {
    const cookie = await signIn(server, credentials);
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/sync/live`, {
      headers: { cookie, origin: server.url },
    });
    const device = new LiveDevice(socket);
    let ch = randomUUID();
    const understand = createUnderstanding();
    const hello = (epoch: string | null, from: Readonly<Record<string, number>>): void => {
      const cursors = feeds.map((feed) => [feed, { from: from[feed] ?? 0 }]);
      socket.send(
        JSON.stringify({
          t: "hello",
          v: protocolVersion,
          schema: schemaVersion,
          client: randomUUID(),
          instance: randomUUID(),
          epoch,
          ch,
          feeds: Object.fromEntries(cursors),
        }),
      );
    };
    socket.on("message", (data: Buffer, isBytes: boolean) => {
      const heard = understand(isBytes ? data : String(data));
      if (heard === null) throw new Error(`nobody understands ${String(data)}`);
      if (heard.t === "reset") {
        ch = randomUUID();
        hello(heard.epoch, {});
      } else if (heard.t === "page") device.#take(heard);
    });
    await once(socket, "open");
    hello(null, {});
    return device;
  }

  /** What it was told of one campaign. */
  about(campaignId: string): readonly Told[] {
    return this.told.filter(({ rollup }) => rollup.id === campaignId);
  }

  close(): void {
    this.#socket.terminate();
  }

  #take({ feeds: pages, ch }: Extract<Heard, { t: "page" }>): void {
    for (const [feed, page] of Object.entries(pages)) {
      this.#at[feed] = page.to;
      for (const [index, kind] of page.rows.kind.entries()) {
        const doc = page.rows.doc[index];
        if (kind === "rollup" && doc !== null && doc !== undefined) {
          this.told.push({ at: Date.now(), rollup: v.parse(counters, this.#whole(doc)) });
        }
      }
    }
    this.#socket.send(JSON.stringify({ t: "ack", ch, feeds: this.#at }));
  }

  /** Who follows is told what changed alone ([S51]). */
  #whole(doc: object): Rollup {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row of this kind, whole or changed
    const told = doc as Rollup;
    const before = this.#rollups.get(told.id);
    const isChange = isRollupChange(doc);
    if (isChange && before === undefined) throw new Error("a change came before the whole");
    const whole = isChange && before !== undefined ? withChange(before, doc) : told;
    this.#rollups.set(whole.id, whole);
    return whole;
  }
}

const n = v.number();

const counters = v.object({
  id: v.string(),
  total: n,
  states: v.object({
    queued: n,
    sending: n,
    ambiguous: n,
    submitted: n,
    sent: n,
    unconfirmed: n,
    skipped: n,
    canceled: n,
    failed: n,
    undelivered: n,
    delivered: n,
    read: n,
  }),
});

async function signIn({ url }: RealServer, credentials: Credentials): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify(credentials),
  });
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}
