/**
 * Who can sign in: users, passwords and sessions, by better-auth on a SQLite file of its own.
 * The rest of the server knows a person by their id and a session by its cookie, no more.
 */
import { randomUUIDv7 } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { err, ok, type Result } from "#domain/core/result.ts";
import { maxPasswordLength, minPasswordLength } from "#domain/access/password.ts";
import type { Id } from "#domain/core/id.ts";
import { betterAuth, type BetterAuthOptions } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toStoreFailure } from "./store-failure.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";

export interface Person {
  readonly id: Id;
  readonly name: string;
  readonly email: string;
}

/** A person with the session that says so. */
export interface SessionPerson extends Person {
  readonly session: Id;
}

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** A session that began: the cookies that the browser shall keep. */
export interface SignedIn {
  readonly person: Person;
  readonly cookies: readonly string[];
}

export interface People {
  /** Refuses an e-mail address that somebody has already. */
  create(person: NewPerson): Promise<Result<Person, "exists">>;
  byEmail(email: string): Promise<Person | null>;
  /** Also ends every session of the person. */
  setPassword(id: Id, password: string): Promise<void>;
  remove(id: Id): Promise<void>;
  /** Null when address and password do not match; which of them is never told. */
  signIn(email: string, password: string, from: Headers): Promise<SignedIn | null>;
  /** Ends the session of these headers; answers the cookies that make the browser forget. */
  signOut(from: Headers): Promise<readonly string[]>;
  /** Whose session these headers carry; null for none. */
  personOf(from: Headers): Promise<SessionPerson | null>;
  /** Ends one session of a person, by the id that `personOf` told; nothing when it ended before. */
  endSession(person: Id, session: Id): Promise<void>;
  close(): void;
}

export interface PeopleOptions {
  /** A file, or ":memory:". */
  readonly path: string;
  readonly publicUrl: string;
  readonly origins: readonly string[];
  readonly secret: string;
}

const daySeconds = 86_400;

export async function openPeople(options: PeopleOptions): Promise<People> {
  const database = openFile(options.path);
  const settings = authOptions(options, database);
  const { runMigrations } = await getMigrations(settings);
  await runMigrations();
  const auth = betterAuth(settings);
  const { internalAdapter: users } = await auth.$context;
  const keepPassword = async (userId: Id, password: string): Promise<void> => {
    const hash = await hashPassword(password);
    const known = await users.findCredentialAccount(userId);
    if (known !== null) return users.updatePassword(userId, hash);
    const credential = { providerId: "credential", accountId: userId, password: hash };
    await users.linkAccount({ userId, ...credential });
  };

  return {
    create: async ({ name, email, password }) => {
      if ((await users.findUserByEmail(email)) !== null) return err("exists");
      const facts = { name, email, emailVerified: true };
      const user = await users.createUser(facts, { method: "email-password" });
      await keepPassword(user.id, password);
      return ok(toPerson(user));
    },
    byEmail: async (email) => {
      const found = await users.findUserByEmail(email);
      return found === null ? null : toPerson(found.user);
    },
    setPassword: async (id, password) => {
      await keepPassword(id, password);
      await users.deleteUserSessions(id);
    },
    remove: async (id) => {
      await users.deleteUserSessions(id);
      await users.deleteAccounts(id);
      await users.deleteUser(id);
    },
    signIn: async (email, password, from) => {
      const asked = { body: { email, password }, headers: from, asResponse: true } as const;
      const answer = await told("cannot sign in", () => auth.api.signInEmail(asked));
      if (answer.status === 401 || answer.status === 400) return null;
      if (!answer.ok) throw new Error(`signing in was answered with ${answer.status}`);
      const found = await users.findUserByEmail(email);
      if (found === null) return null;
      return { person: toPerson(found.user), cookies: cookiesOf(answer) };
    },
    signOut: async (from) => {
      const answer = await auth.api.signOut({ headers: from, asResponse: true });
      return cookiesOf(answer);
    },
    personOf: async (from) => toSessionPerson(await auth.api.getSession({ headers: from })),
    endSession: async (person, session) => {
      const open = await users.listSessions(person);
      const one = open.find(({ id }) => id === session);
      if (one !== undefined) await users.deleteSession(one.token);
    },
    close: () => database.close(),
  };
}

/** What the file of the people refuses becomes the store's own failure: a full disk is told as one. */
async function told<T>(attempted: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error && "errcode" in error ? toStoreFailure(error, attempted) : error;
  }
}

function openFile(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { timeout: 5_000 });
    database.exec("pragma journal_mode = wal");
    database.exec("pragma synchronous = full");
    return database;
  } catch (error) {
    throw toStoreFailure(error, `cannot open ${path}`);
  }
}

function authOptions(
  { publicUrl, origins, secret }: PeopleOptions,
  database: DatabaseSync,
): BetterAuthOptions {
  return {
    appName: "Fieldcast",
    database,
    baseURL: publicUrl,
    basePath: "/api/auth",
    secret,
    trustedOrigins: [...origins],
    emailAndPassword: {
      enabled: true,
      // People are made by set-up and by administrators.
      disableSignUp: true,
      minPasswordLength,
      maxPasswordLength,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    session: { expiresIn: 14 * daySeconds, updateAge: daySeconds },
    advanced: {
      cookiePrefix: "fieldcast",
      useSecureCookies: publicUrl.startsWith("https:"),
      database: { generateId: () => randomUUIDv7() },
    },
    // Our own limiter counts failures by address and person, before a password is hashed.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  };
}

function toSessionPerson(
  found: { readonly user: Person; readonly session: { readonly id: Id } } | null,
): SessionPerson | null {
  return found === null ? null : { ...toPerson(found.user), session: found.session.id };
}

function cookiesOf({ headers }: Response): readonly string[] {
  return headers.getSetCookie();
}

function toPerson({ id, name, email }: Person): Person {
  return { id, name, email };
}
