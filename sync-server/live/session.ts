/** One device on the live stream: what it says, and what follows from it. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { feeds } from "#domain/sync/document.ts";
import { packed, type LiveDown, type LiveSaid, type PullReply } from "#protocol/down.ts";
import { liveUp, type LiveUp } from "#protocol/up.ts";
import { isNewer, protocolVersion, schemaVersion } from "#protocol/version.ts";
import * as v from "valibot";
import type { Devices, Holder } from "../access/devices.ts";
import { createAllowance } from "./allowance.ts";
import type { FewAtOnce } from "./few-at-once.ts";
import type { Listener } from "./crowds.ts";
import { sentPage, type Hub } from "./hub.ts";
import { afterAck, afterSent, opened, paced, type Cursors } from "./pace.ts";
import type { Puller } from "./pull.ts";
import type { SharedPage } from "./shared-page.ts";

/** The socket, as little of it as is needed. */
export interface Wire {
  readonly bufferedAmount: number;
  send(text: string): void;
  /** A page as it lies ready. */
  pass(shared: SharedPage): void;
  close(code: number, reason: string): void;
}

export interface SessionDeps {
  readonly hub: Hub;
  readonly puller: Puller;
  readonly devices: Pick<Devices, "meet" | "renew">;
  /** What the device's browser says of itself. */
  readonly userAgent: string;
  readonly clock: () => Instant;
  readonly onError: (error: unknown) => void;
  /** Answers to hellos are read a few at once. */
  readonly inTurn: FewAtOnce;
}

type Note = Extract<LiveUp, { readonly t: "ack" | "pace" }>;
type Bye = Extract<LiveDown, { readonly t: "bye" }>;

export interface Session {
  /** A message from the device, in order. */
  hear(text: string): void;
  bye(why: Bye["why"], detail?: string | null): void;
  /** The client that said hello; null before. */
  readonly device: Id | null;
  leave(): void;
}

export const closeCodes = { goingAway: 1001, badMessage: 1008, tryLater: 1013, bye: 4401 } as const;

const messagesPerMinute = 300;

const knownTypes = new Set(["hello", "ack", "ping", "pace"]);

/** One connection, as the messages on it know it. */
interface Guest {
  readonly holder: Holder | null;
  readonly listener: Listener;
  readonly line: Line;
  /** Its device or its person was sent away: nothing more is said or taken. */
  hasEnded: boolean;
  device: Id | null;
}

/** `holder`: null where nobody is signed in; then only `bye` is of use. */
export function createSession(deps: SessionDeps, holder: Holder | null, wire: Wire): Session {
  const allowance = createAllowance({ perMinute: messagesPerMinute, clock: deps.clock });
  const line = new Line(wire);
  const listener: Listener = {
    workspace: holder?.workspace ?? "",
    user: holder?.user ?? "",
    ch: "",
    bufferedBytes: () => wire.bufferedAmount,
    send: (shared) => line.page(listener.ch, shared),
  };
  deps.hub.join(listener);
  const guest: Guest = { holder, listener, line, hasEnded: false, device: null };
  let turn = Promise.resolve();
  let underWay = 0;
  return {
    hear: (text) => {
      if (allowance.take("socket") > 0) {
        wire.close(closeCodes.badMessage, "too many messages");
        return;
      }
      const message = parse(text);
      if (message === "unknown") return;
      if (message === "newer") {
        wire.close(closeCodes.tryLater, "this app is newer than the server");
        return;
      }
      if (message === null) {
        wire.close(closeCodes.badMessage, "a message that is not of this protocol");
        return;
      }
      // Almost all that is said takes no time, and then nobody's turn is waited for.
      if (underWay === 0 && isNote(message)) {
        note(deps, guest, message);
        return;
      }
      underWay += 1;
      turn = turn
        .then(() => act(deps, guest, message))
        .catch((error: unknown) => {
          deps.onError(error);
          wire.close(closeCodes.tryLater, "the server cannot answer just now");
        })
        .finally(() => {
          underWay -= 1;
        });
    },
    bye: (why, detail = null) => {
      deps.hub.leave(listener);
      bye(deps.hub, guest, why, detail);
    },
    get device() {
      return guest.device;
    },
    leave: () => {
      deps.hub.leave(listener);
    },
  };
}

/** The socket as messages. A page names its chain only when it is not the one that was named last. */
class Line {
  readonly #wire: Wire;
  #named: string | null = null;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  say(message: LiveSaid): void {
    if (message.t === "page") this.#named = message.ch ?? this.#named;
    this.#wire.send(JSON.stringify(message));
  }

  page(ch: string, shared: SharedPage): void {
    if (ch === this.#named) this.#wire.pass(shared);
    else this.#wire.send(shared.naming(ch));
    this.#named = ch;
  }

  close(code: number, reason: string): void {
    this.#wire.close(code, reason);
  }
}

const versions = v.object({ t: v.literal("hello"), v: v.number(), schema: v.number() });

/** `unknown`: of a newer build, to be ignored; `newer`: a newer build's hello; null: broken. */
function parse(text: string): LiveUp | "unknown" | "newer" | null {
  try {
    const raw: unknown = JSON.parse(text);
    if (typeof raw !== "object" || raw === null || !("t" in raw)) return null;
    if (typeof raw.t === "string" && !knownTypes.has(raw.t)) return "unknown";
    if (raw.t === "hello" && v.is(versions, raw) && isNewer(raw)) return "newer";
    const parsed = v.safeParse(liveUp, raw);
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function bye(hub: Hub, guest: Guest, why: Bye["why"], detail: string | null): void {
  guest.hasEnded = true;
  hub.place(guest.listener, null);
  guest.line.say({ t: "bye", why, ...(detail === null ? {} : { detail }) });
  guest.line.close(closeCodes.bye, why);
}

async function act(deps: SessionDeps, guest: Guest, message: LiveUp): Promise<void> {
  if (guest.hasEnded) return;
  if (isNote(message)) note(deps, guest, message);
  else if (message.t === "hello") await hello(deps, guest, message);
  else await pong(deps, guest, message.n);
}

function isNote(message: LiveUp): message is Note {
  return message.t === "ack" || message.t === "pace";
}

/** What takes no time. */
function note({ hub, clock }: SessionDeps, guest: Guest, message: Note): void {
  const { listener, hasEnded } = guest;
  const pace = hub.paceOf(listener);
  if (hasEnded || pace === null) return;
  if (message.t === "pace") {
    hub.place(listener, paced(pace, message.hidden));
    return;
  }
  const isNewChain = message.ch !== listener.ch;
  listener.ch = message.ch;
  hub.place(listener, afterAck(pace, { isNewChain, at: message.feeds }, clock()));
}

/** A ping is a contact: it renews the lease of a device that is met. */
async function pong({ devices, clock }: SessionDeps, guest: Guest, n: number): Promise<void> {
  const { holder, device, line } = guest;
  const lease = holder === null || device === null ? null : await devices.renew(holder, device);
  if (guest.hasEnded) return;
  line.say({ t: "pong", n, time: clock(), ...(lease === null ? {} : { lease }) });
}

async function hello(
  deps: SessionDeps,
  guest: Guest,
  message: Extract<LiveUp, { readonly t: "hello" }>,
): Promise<void> {
  const { listener, line, holder } = guest;
  if (message.v < protocolVersion || message.schema < schemaVersion) {
    line.say({ t: "bye", why: "upgrade_required" });
    line.close(closeCodes.bye, "upgrade_required");
    return;
  }
  if (holder === null) return;
  const met = await deps.devices.meet(holder, message, deps.userAgent);
  if (met.outcome !== "known") {
    bye(deps.hub, guest, met.outcome, met.outcome === "revoked" ? met.why : null);
    return;
  }
  guest.device = message.client;
  const { workspace, user } = listener;
  const reply = await deps.inTurn(() => deps.puller.pull({ ...message, workspace, user }));
  // Revoked while we read: what was read is not for it any more.
  if (guest.hasEnded) return;
  line.say({ ...packed(reply), lease: met.leaseUntil });
  const hidden = deps.hub.paceOf(listener)?.hidden ?? false;
  listener.ch = message.ch;
  const pace = reply.t === "page" ? paced(begin(message, reply, deps.clock()), hidden) : null;
  deps.hub.place(listener, pace);
}

/** Where the connection stands after the answer to its hello. Heads may have moved meanwhile, so it is looked at once more. */
function begin(
  message: Extract<LiveUp, { readonly t: "hello" }>,
  reply: Extract<PullReply, { readonly t: "page" }>,
  now: Instant,
) {
  const at: Cursors = Object.fromEntries(
    feeds.flatMap((feed) => {
      const cursor = message.feeds[feed];
      return cursor === undefined ? [] : [[feed, cursor.from]];
    }),
  );
  return {
    ...afterSent(opened(at), sentPage(reply.feeds), now),
    dirty: true,
    own: true,
  };
}
