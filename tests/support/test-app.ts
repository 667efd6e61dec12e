// The whole server side without a port: the real app over a database in memory, and people who
// are signed in to it.
import { randomUUIDv7 } from "node:crypto";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import type { Role } from "#domain/access/role.ts";
import { openPeople } from "#server/access/people.ts";
import { buildApp } from "#server/app.ts";
import { fillDemo } from "#server/demo/demo.ts";
import { createLog } from "#server/log.ts";
import { loadProviders, ownProviders } from "#server/providers/all.ts";
import { openSecret, secretPath } from "#server/providers/secrets.ts";
import { createServices, type Services } from "#server/services.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import type { Store } from "#server/store/store.ts";

export const publicUrl = "http://localhost:3000";
export const password = "correct horse battery";

export interface Asked {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the app as one person (or as nobody). */
export type Ask = (url: string, asked?: Asked) => Promise<LightMyRequestResponse>;

export interface TestApp {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly services: Services;
  /** What the log wrote. */
  readonly lines: string[];
  /** Moves the clock on. */
  readonly wait: (ms: number) => void;
  readonly nobody: Ask;
  /** Sets the server up with Ana as its admin, and asks as she. `demo`: with made-up campaigns. */
  readonly setUp: (as?: { readonly demo?: boolean }) => Promise<Ask>;
  /** A new person of this role in Ana's workspace. */
  readonly person: (admin: Ask, role: Role) => Promise<Ask>;
  readonly close: () => Promise<void>;
}

export const ana = { workspace: "Acme", name: "Ana", email: "ana@example.com", password };

const newId = (): string => randomUUIDv7();

export async function openTestApp({
  providerFolders = [ownProviders],
}: { readonly providerFolders?: readonly string[] } = {}): Promise<TestApp> {
  let now = Date.parse("2026-11-21T10:00:00Z");
  const clock = (): number => now;
  const lines: string[] = [];
  const store = openInlineStore(":memory:");
  const people = await openPeople({
    path: ":memory:",
    publicUrl,
    origins: [publicUrl],
    secret: "b1946ac92492d2347c6235b4d2611184",
  });
  const dataDir = await mkdtemp(join(tmpdir(), "fieldcast-app-"));
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const config = { publicUrl, dataDir, privateTargets: "allow", maildirRoot: "" } as const;
  const secret = openSecret(dataDir);
  const providers = await loadProviders(providerFolders);
  // The folder is as old as this world, whatever the day outside.
  await utimes(secretPath(dataDir), now / 1_000, now / 1_000);
  // Not started: what the engine does has tests of its own.
  const deps = { config, log, store, people, providers, secret, clock, newId };
  const services = createServices(deps);
  let filling: Promise<void> | null = null;
  const app = await buildApp({
    config,
    log,
    store,
    people,
    services,
    clock,
    newId,
    buildDir: `${import.meta.dirname}/nothing-built`,
    fillDemo: (made) => {
      filling = fillDemo(deps, made);
    },
  });
  await app.ready();
  const nobody = askAs(app, {});
  const signIn = async (email: string): Promise<Ask> => {
    const answer = await nobody("/api/auth/sign-in/email", {
      method: "POST",
      body: { email, password },
    });
    if (answer.statusCode !== 200) throw new Error(`signing in: ${answer.body}`);
    return askAs(app, cookiesOf(answer));
  };
  return {
    app,
    store,
    services,
    lines,
    wait: (ms) => {
      now += ms;
    },
    nobody,
    setUp: async ({ demo = false } = {}) => {
      const body = { ...ana, demo };
      const answer = await nobody("/api/v1/set-up", { method: "POST", body });
      if (answer.statusCode !== 201) throw new Error(`set-up: ${answer.body}`);
      await filling;
      return askAs(app, cookiesOf(answer));
    },
    person: async (admin, role) => {
      const email = `${role}-${randomUUIDv7()}@example.com`;
      const body = { name: role, email, role, password };
      const made = await admin("/api/v1/members", { method: "POST", body });
      if (made.statusCode !== 201) throw new Error(`adding a member: ${made.body}`);
      return signIn(email);
    },
    close: async () => {
      await app.close();
      await services.stop(0);
      people.close();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** As a browser page of the app asks. */
export function askAs(app: FastifyInstance, credentials: Readonly<Record<string, string>>): Ask {
  return (url, { method = "GET", body, headers = {} } = {}) =>
    app.inject({
      method,
      url,
      headers: { origin: publicUrl, ...credentials, ...headers },
      ...(body === undefined ? {} : { payload: typeof body === "string" ? body : Object(body) }),
    });
}

export function cookiesOf(answer: LightMyRequestResponse): Readonly<Record<string, string>> {
  const cookie = answer.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`);
  return cookie.length === 0 ? {} : { cookie: cookie.join("; ") };
}
