/**
 * A line as a bad mobile network makes it, between a client and a server on this machine: packets
 * are lost, each takes its time, and now and then everything that is open breaks off. What TCP makes
 * of that is played here, as no packet is lost on this machine: a window that grows by each
 * round trip and is halved by a loss, and nothing that overtakes what was lost.
 */
import { connect, createServer, type Socket } from "node:net";
import { createRandom, type Random } from "../simulation/random.ts";

export interface LineQuality {
  /** Of so many packets one is lost: 0.05. */
  readonly loss: number;
  /** There and back. */
  readonly roundTripMs: number;
  /** So long it works, then everything breaks; null: never. */
  readonly upMs: number | null;
  /** So long nobody gets through then. */
  readonly downMs: number;
}

export const perfect: LineQuality = { loss: 0, roundTripMs: 0, upMs: null, downMs: 0 };

const packetBytes = 1_460;
const firstWindow = 10;
const smallestWindow = 2;

export class BadNetwork {
  readonly port: number;
  /** What arrived at clients. */
  downBytes = 0;
  /** How often everything broke. */
  breaks = 0;
  readonly #close: () => void;

  private constructor(port: number, close: () => void) {
    this.port = port;
    this.#close = close;
  }

  static async open(to: number, quality: LineQuality, seed = 1): Promise<BadNetwork> {
    const random = createRandom(seed);
    const open = new Set<Socket>();
    let isUp = true;
    const server = createServer({ allowHalfOpen: true }, (near) => {
      if (!isUp) {
        near.destroy();
        return;
      }
      const far = connect({ port: to, host: "127.0.0.1", allowHalfOpen: true });
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(socket);
        socket.setNoDelay(true);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          open.delete(socket);
          other.destroy();
        });
      }
      // Before the first byte both sides shook hands.
      setTimeout(() => {
        carry(near, far, { quality, random, count: () => undefined });
        carry(far, near, { quality, random, count: (bytes) => (network.downBytes += bytes) });
      }, quality.roundTripMs);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    let timer: NodeJS.Timeout | undefined;
    const turn = (upMs: number): void => {
      timer = setTimeout(
        () => {
          isUp = !isUp;
          if (!isUp) {
            network.breaks += 1;
            for (const socket of open) socket.destroy();
          }
          turn(upMs);
        },
        isUp ? upMs : quality.downMs,
      );
    };
    const network = new BadNetwork(port, () => {
      clearTimeout(timer);
      for (const socket of open) socket.destroy();
      server.close();
    });
    if (quality.upMs !== null) turn(quality.upMs);
    return network;
  }

  close(): void {
    this.#close();
  }
}

interface Way {
  readonly quality: LineQuality;
  readonly random: Random;
  readonly count: (bytes: number) => void;
}

interface Packet {
  readonly data: Buffer;
  hasCome: boolean;
}

/** One direction of a connection, a round trip at a time. */
function carry(from: Socket, to: Socket, { quality, random, count }: Way): void {
  const { loss, roundTripMs } = quality;
  /** Not handed over yet, in order: what came after a lost one waits for it. */
  const waiting: Packet[] = [];
  let hasEnded = false;
  let window = firstWindow;
  let isStarting = true;
  let isGoing = false;

  const hand = (): void => {
    while (waiting[0]?.hasCome === true) {
      const packet = waiting.shift();
      if (packet === undefined || to.destroyed) continue;
      count(packet.data.length);
      to.write(packet.data);
    }
    if (hasEnded && waiting.length === 0 && !to.destroyed) to.end();
  };
  const round = (): void => {
    const sent = waiting.filter(({ hasCome }) => !hasCome).slice(0, window);
    isGoing = sent.length > 0 && !to.destroyed;
    if (!isGoing) return;
    for (const packet of sent) packet.hasCome = !random.chance(loss);
    const isWhole = sent.every(({ hasCome }) => hasCome);
    isStarting &&= isWhole;
    if (!isWhole) window = Math.max(smallestWindow, Math.floor(window / 2));
    else if (sent.length === window) window = isStarting ? window * 2 : window + 1;
    setTimeout(hand, roundTripMs / 2);
    setTimeout(round, roundTripMs);
    if (waiting.length < window * 2) from.resume();
  };
  from.on("data", (data: Buffer) => {
    for (let at = 0; at < data.length; at += packetBytes) {
      waiting.push({ data: data.subarray(at, at + packetBytes), hasCome: false });
    }
    if (waiting.length > window * 4) from.pause();
    if (!isGoing) round();
  });
  from.on("end", () => {
    hasEnded = true;
    if (waiting.length === 0) to.end();
  });
  from.resume();
}
