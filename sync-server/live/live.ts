/** `GET /sync/live`, upgraded: sockets, and who may have one. What is said on them: session.ts. */
import type { Socket } from "node:net";
import websocket, { type WebSocket } from "@fastify/websocket";
import type { Id } from "#domain/core/id.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Devices } from "../access/devices.ts";
import { isOurOrigin } from "../http/origin.ts";
import { HttpProblem } from "../http/problem.ts";
import type { Caller } from "../http/route.ts";
import type { Store } from "../store/store.ts";
import { fewAtOnce } from "./few-at-once.ts";
import { createHub } from "./hub.ts";
import type { Puller } from "./pull.ts";
import { closeCodes, createSession, type Session, type Wire } from "./session.ts";

export interface LiveDeps {
  readonly store: Pick<Store, "onMove">;
  readonly puller: Puller;
  readonly devices: Pick<Devices, "meet" | "renew" | "endOf">;
  readonly clock: () => number;
  readonly authenticate: (request: FastifyRequest) => Promise<Caller | null>;
  /** The addresses of the app (PUBLIC_URL and its other names). */
  readonly origins: readonly string[];
}

/** What the rest of the server may ask of the stream. */
export interface Live {
  /** Ends every connection of a person: they signed out, or may no longer be here. */
  end(workspace: Id, user: Id): void;
  /** Tells a device that was revoked, and hears it no more. */
  endDevice(device: Id): Promise<void>;
  /** Asks at once, of every connection, whether its session still lives: somebody signed out. */
  look(): Promise<void>;
  /** How many devices listen. */
  size(): number;
}

const maxPayload = 64 * 1024;
const pingEveryMs = 30_000;
/** Who listens is asked for again this often: a session that ended elsewhere ends here too. */
const recheckEveryMs = 60_000;
const maxPerPerson = 32;
const hellosAtOnce = 8;

interface Open {
  readonly caller: Caller;
  readonly session: Session;
  /** Ends the session when its person is no longer signed in. */
  readonly look: () => Promise<void>;
}

/** Adds the stream to the app. */
export function registerLive(app: FastifyInstance, deps: LiveDeps): Live {
  const onError = (error: unknown): void => app.log.error({ err: error }, "live stream");
  const hub = createHub({ ...deps, onError });
  const open = new Set<Open>();
  const perPerson = new Map<string, number>();
  const inTurn = fewAtOnce(hellosAtOnce);
  const options = { maxPayload, perMessageDeflate: false };
  void app.register(async (scope) => {
    await scope.register(websocket, { options });
    scope.get(
      "/sync/live",
      { websocket: true, preValidation: async (request) => checkOrigin(request, deps.origins) },
      async (socket, request) => {
        const heard: string[] = [];
        const early = (data: Buffer): void => void heard.push(data.toString());
        // The first message may come while we still ask who it is.
        socket.on("message", early);
        const caller = await deps.authenticate(request);
        socket.off("message", early);
        // It went away meanwhile, and would never be missed.
        if (socket.readyState !== socket.OPEN) return;
        const userAgent = request.headers["user-agent"] ?? "";
        const session = createSession(
          { ...deps, hub, onError, userAgent, inTurn },
          caller,
          wireOf(socket, request.raw.socket),
        );
        if (caller !== null && (perPerson.get(personOf(caller)) ?? 0) < maxPerPerson) {
          attend({ open, perPerson }, { socket, caller, session, heard }, () =>
            deps.authenticate(request),
          );
          return;
        }
        if (caller === null) session.bye("signed_out");
        else socket.close(closeCodes.tryLater);
        session.leave();
      },
    );
  });
  app.addHook("preClose", async () => hub.close());
  return {
    size: () => open.size,
    look: async () => {
      await Promise.all([...open].map((each) => each.look()));
    },
    endDevice: async (device) => {
      const why = await deps.devices.endOf(device);
      for (const { session } of open) if (session.device === device) session.bye("revoked", why);
    },
    end: (workspace, user) => {
      for (const { caller, session } of open) {
        if (caller.workspace === workspace && caller.user === user) session.bye("signed_out");
      }
    },
  };
}

/**
 * A shared page goes out as it lies ready, in one write. Nothing is compressed, so what the socket
 * itself sends is never held back, and all stays in order.
 */
function wireOf(socket: WebSocket, line: Socket): Wire {
  return {
    get bufferedAmount() {
      return line.writableLength;
    },
    send: (text) => socket.send(text),
    pass: ({ frame }) => {
      if (socket.readyState === socket.OPEN) line.write(frame);
    },
    close: (code, reason) => socket.close(code, reason),
  };
}

/**
 * A page of another site could open a socket with this person's cookie: browsers do not hold
 * sockets to one origin, so we must.
 */
async function checkOrigin(request: FastifyRequest, origins: readonly string[]): Promise<void> {
  const { origin, host } = request.headers;
  if (isOurOrigin(request.headers, origins) || isSameHost(origin, host)) return;
  throw new HttpProblem("bad_origin");
}

function isSameHost(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && URL.parse(origin)?.host === host;
}

/** Who is here, and how many connections each person has. */
interface Room {
  readonly open: Set<Open>;
  readonly perPerson: Map<string, number>;
}

interface Attendance {
  readonly caller: Caller;
  readonly session: Session;
  readonly socket: WebSocket;
  readonly heard: readonly string[];
}

/** Lets a session hear its socket until it closes, and keeps looking whether both are still there. */
function attend(
  { open, perPerson }: Room,
  { socket, caller, session, heard }: Attendance,
  ask: () => Promise<Caller | null>,
): void {
  const look = async (): Promise<void> => {
    // When storage fails, the next look may find it well again; nobody is thrown out for that.
    const now = await ask().catch(() => caller);
    if (now?.workspace !== caller.workspace) session.bye("signed_out");
  };
  const entry = { caller, session, look };
  open.add(entry);
  const person = personOf(caller);
  perPerson.set(person, (perPerson.get(person) ?? 0) + 1);
  let isAlive = true;
  const pings = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, pingEveryMs);
  const rechecks = setInterval(() => void look(), recheckEveryMs);
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("message", (data: Buffer) => session.hear(data.toString()));
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    clearInterval(pings);
    clearInterval(rechecks);
    open.delete(entry);
    const left = (perPerson.get(person) ?? 1) - 1;
    if (left > 0) perPerson.set(person, left);
    else perPerson.delete(person);
    session.leave();
  });
  for (const text of heard) session.hear(text);
}

function personOf({ workspace, user }: Caller): string {
  return `${workspace}:${user}`;
}
