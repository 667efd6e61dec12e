/**
 * Who makes a request: by API key or by session cookie. Looking a session up costs more than
 * most requests do, so what was found is believed for a few seconds; what changes in this
 * process (sign-out, roles, settings, keys) is forgotten at once.
 */
import type { Role } from "#domain/access/role.ts";
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Id } from "#domain/core/id.ts";
import { secondMs } from "#domain/core/time.ts";
import type { ApiKey, Standing } from "../store/access-store.ts";
import { StoreError, type Store } from "../store/store.ts";
import { hashApiKey, keyInHeader } from "./api-key.ts";
import type { People, Person, SessionPerson } from "./people.ts";

/** How long a change by another process (the command line) may go unseen. */
const believedForMs = 10 * secondMs;
const maxKept = 5_000;

/** The headers of a request, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** As http/route.ts wants it. */
export interface KnownCaller {
  readonly workspace: Id;
  readonly user: Id;
  readonly role: Role;
  readonly name: string;
  readonly access: AccessSettings;
  readonly viaKey: boolean;
  /** The login session; an API key has none. */
  readonly session?: Id;
}

export interface Callers {
  readonly callerOf: (headers: RequestHeaders) => Promise<KnownCaller | null>;
  /** The person of the session, member of a workspace or not. */
  readonly personOf: (headers: RequestHeaders) => Promise<Person | null>;
  readonly standingOf: (user: Id) => Promise<Standing | null>;
  /** Forgets everything that was believed: after a sign-out, a removal, a revoked key. */
  readonly forget: () => void;
  readonly stop: () => void;
}

export interface CallerDeps {
  readonly people: Pick<People, "personOf">;
  readonly store: Pick<Store, "access" | "sync" | "onMove">;
  readonly clock: () => number;
}

export function createCallers({ people, store, clock }: CallerDeps): Callers {
  const sessions = createMemory<SessionPerson>(clock);
  const standings = createMemory<Standing>(clock);
  const keys = createMemory<KnownCaller>(clock);
  const forget = (): void => {
    for (const memory of [sessions, standings, keys]) memory.clear();
  };
  // Members and settings are documents of the feed `org`.
  const stop = store.onMove((moved) => {
    if (!moved.some(({ feed }) => feed === "org")) return;
    standings.clear();
    keys.clear();
  });

  const personOf = async (headers: RequestHeaders): Promise<SessionPerson | null> => {
    const token = sessionToken(headers);
    if (token === null) return null;
    return sessions.find(token, () => people.personOf(new Headers({ cookie: token })));
  };
  const standingOf = (user: Id): Promise<Standing | null> =>
    standings.find(user, () => store.access.standingOf({ user }));

  return {
    personOf,
    standingOf,
    callerOf: async (headers) => {
      const { authorization } = headers;
      if (typeof authorization === "string") {
        const key = keyInHeader(authorization);
        return key === null ? null : keys.find(key, () => callerByKey(store, key, clock()));
      }
      const person = await personOf(headers);
      const standing = person === null ? null : await standingOf(person.id);
      if (person === null || standing === null) return null;
      return { ...toCaller(standing), session: person.session };
    },
    forget,
    stop,
  };
}

function toCaller({ membership, workspace }: Standing): KnownCaller {
  const { user, role, name } = membership;
  return {
    workspace: workspace.id,
    user,
    role,
    name,
    access: workspace.access,
    viaKey: false,
  };
}

async function callerByKey(
  store: CallerDeps["store"],
  key: string,
  now: number,
): Promise<KnownCaller | null> {
  const known = await usedKey(store, hashApiKey(key), now);
  if (known === null) return null;
  const { workspace } = known;
  const [found] = await store.sync.read({ workspace, keys: [["workspace", workspace]] });
  if (found?.kind !== "workspace") return null;
  return { ...ofKey(known), access: found.doc.access };
}

/** Where there is no room to note that it was used, the key is good all the same. */
async function usedKey(
  { access }: CallerDeps["store"],
  hash: string,
  now: number,
): Promise<ApiKey | null> {
  try {
    return await access.useKey({ hash, now });
  } catch (error) {
    if (!(error instanceof StoreError) || error.failure !== "full") throw error;
    return access.livingKey({ hash });
  }
}

function ofKey({ workspace, id, role, name }: ApiKey): Omit<KnownCaller, "access"> {
  return { workspace, user: id, role, name, viaKey: true };
}

/** The session's cookie as `name=value`; the name has a prefix where cookies are for https alone. */
function sessionToken({ cookie }: RequestHeaders): string | null {
  if (typeof cookie !== "string") return null;
  return /(?:^|;\s*)((?:__Secure-)?fieldcast\.session_token=[^;]+)/.exec(cookie)?.[1] ?? null;
}

interface Memory<T> {
  /** What is remembered of the name, or else what is found and then remembered; null is not. */
  find(name: string, look: () => Promise<T | null>): Promise<T | null>;
  clear(): void;
}

function createMemory<T>(clock: () => number): Memory<T> {
  const kept = new Map<string, { readonly value: T; readonly until: number }>();
  let era = 0;
  return {
    find: async (name, look) => {
      const known = kept.get(name);
      if (known !== undefined && clock() < known.until) return known.value;
      kept.delete(name);
      const begun = era;
      const value = await look();
      // What was cleared meanwhile may have changed after it was read.
      if (value === null || begun !== era) return value;
      if (kept.size >= maxKept) kept.clear();
      kept.set(name, { value, until: clock() + believedForMs });
      return value;
    },
    clear: () => {
      era += 1;
      kept.clear();
    },
  };
}
