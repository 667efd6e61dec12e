// Walks every route of the real app: who may call it, from where, and that the ids of another
// workspace are like ids of nothing. A new route is walked without a line being added here.
import { randomUUIDv7 } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { may } from "#domain/access/permission.ts";
import { roles } from "#domain/access/role.ts";
import { routesOf, type RouteFacts } from "#server/http/route.ts";
import { openTestApp, publicUrl, type Ask, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let admin: Ask;
let routes: readonly RouteFacts[];

beforeAll(async () => {
  it = await openTestApp();
  admin = await it.setUp();
  routes = routesOf(it.app);
});

afterAll(() => it.close());

const isUnsafe = ({ method }: RouteFacts): boolean => method !== "GET";
/** Signing out would end the walk. */
const isQuiet = ({ url }: RouteFacts): boolean => !/sign-out|set-up/.test(url);

function ask(who: Ask, facts: RouteFacts, ids: string = randomUUIDv7(), body: unknown = {}) {
  const method = methodOf(facts.method);
  const url = facts.url.replaceAll(/:\w+/g, ids);
  return who(url, { method, ...(method === "GET" || method === "DELETE" ? {} : { body }) });
}

function methodOf(method: string): "GET" | "POST" | "PATCH" | "DELETE" {
  const known = (["GET", "POST", "PATCH", "DELETE"] as const).find((each) => each === method);
  if (known === undefined) throw new Error(`no walk for ${method}`);
  return known;
}

/** Asks in turn, as the app's database has one writer. */
async function inTurn<T, R>(list: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const each of list) done.push(await work(each));
  return done;
}

const name = ({ method, url }: RouteFacts): string => `${method} ${url}`;

test("without credentials, only what is meant for anyone answers", async () => {
  const open = routes.filter(({ permission }) => permission === "anyone").map(name);
  expect(open.toSorted()).toEqual([
    "GET /api/v1/health",
    "GET /api/v1/openapi.json",
    "GET /api/v1/session",
    "GET /docs",
    "GET /docs/errors",
    "GET /docs/style.css",
    "GET /health",
    "GET /metrics",
    "POST /api/auth/sign-in/email",
    "POST /api/auth/sign-out",
    "POST /api/v1/inbound/:accountId",
    "POST /api/v1/receipts/:accountId",
    "POST /api/v1/receipts/:accountId/mail",
    "POST /api/v1/set-up",
  ]);
  const closed = routes.filter(({ permission }) => permission !== "anyone");
  const answers = await inTurn(closed, async (facts) => [
    name(facts),
    (await ask(it.nobody, facts)).statusCode,
  ]);
  expect(answers).toEqual(closed.map((facts) => [name(facts), 401]));
});

describe.each(roles)("as %s", (role) => {
  test("exactly what the role does not allow is refused", async () => {
    const person = await it.person(admin, role);
    const guarded = routes.filter(isQuiet);
    const answers = await inTurn(guarded, async (facts) => {
      const { statusCode } = await ask(person, facts);
      return [name(facts), statusCode === 403 ? "refused" : "admitted"];
    });
    const expected = guarded.map((facts) => {
      const { permission } = facts;
      const isOpen = permission === "anyone" || permission === "signed-in";
      return [name(facts), isOpen || may(role, permission) ? "admitted" : "refused"];
    });
    expect(answers).toEqual(expected);
  });
});

describe("from another site", () => {
  test.each([
    ["a foreign origin", { origin: "https://evil.example" }],
    ["an origin that looks like ours", { origin: `${publicUrl}.evil.example` }],
    ["no origin of a sandboxed page", { origin: "null" }],
  ])("%s changes nothing, whatever it holds", async (_, headers) => {
    const unsafe = routes.filter(isUnsafe);
    const stranger: Ask = (url, asked) => admin(url, { ...asked, headers });
    const answers = await inTurn(unsafe, async (facts) => {
      const answer = await ask(stranger, facts);
      return [name(facts), answer.json().type];
    });
    expect(answers).toEqual(unsafe.map((facts) => [name(facts), "/docs/errors#bad_origin"]));
  });
});

test("an id of another workspace answers like an id of nothing", async () => {
  const other = randomUUIDv7();
  const foreign = await seedForeign(it, other);
  const byId = routes.filter(({ url }) => /:\w+/.test(url));
  const bodies = [{}, { name: "New name" }, { role: "field" }, { firstName: "New" }];
  const cases = byId.flatMap((facts) => bodies.map((body) => ({ facts, body })));
  const differences = await inTurn(cases, async ({ facts, body }) => {
    const missing = stable(await ask(admin, facts, randomUUIDv7(), body));
    const answers = await inTurn(foreign, (id) => ask(admin, facts, id, body));
    return answers
      .map(stable)
      .filter((answer) => answer !== missing)
      .map((answer) => [name(facts), answer]);
  });
  expect(differences.flat()).toEqual([]);
});

function stable(answer: { readonly statusCode: number; readonly body: string }): string {
  return `${answer.statusCode} ${answer.body.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")}`;
}

/** Another workspace with one of each thing; answers their ids. */
async function seedForeign({ store }: TestApp, workspace: string): Promise<readonly string[]> {
  const now = Date.parse("2026-11-20T10:00:00Z");
  const [user, key, audience, account, list, campaign] = Array.from({ length: 6 }, () =>
    randomUUIDv7(),
  );
  const access = { fieldMaySend: false };
  await store.access.createWorkspace({
    workspace: { id: workspace, rev: 1, name: "Other", access, createdAt: now },
    admin: { user: String(user), name: "Bo", email: "bo@other.example" },
    onlyFirst: false,
    now,
  });
  const facts = { id: String(key), workspace, name: "k", role: "admin", createdAt: now } as const;
  await store.access.addKey({
    key: { ...facts, lastUsedAt: null, revokedAt: null },
    hash: "0".repeat(64),
    by: "",
  });
  const contact = randomUUIDv7();
  await store.contacts.addContact({
    workspace,
    contact: {
      id: contact,
      email: "cy@other.example",
      phone: null,
      firstName: "Cy",
      lastName: "",
      country: "",
      city: "",
      timeZone: "",
      fields: {},
      createdAt: now,
      updatedAt: now,
    },
    consents: [],
    now,
  });
  const [importId, imported] = [randomUUIDv7(), randomUUIDv7()];
  const names = { fileName: "theirs.csv", listName: "Imported", heading: ["email"] };
  await store.contacts.startImport({ workspace, id: importId, listId: imported, ...names, now });
  const base = { rev: 1, name: "theirs", createdAt: now, updatedAt: now };
  await store.sync.commitWrites({
    workspace,
    expect: [],
    activity: null,
    now,
    writes: [
      {
        kind: "audience",
        id: String(audience),
        doc: {
          ...base,
          id: String(audience),
          rule: { kind: "all" },
          count: null,
          reachable: null,
          countedAt: null,
        },
      },
      {
        kind: "account",
        id: String(account),
        doc: {
          ...base,
          id: String(account),
          channel: "sms",
          provider: "sandbox",
          summary: {},
          limits: { perSecond: null, concurrency: 1 },
        },
      },
      {
        kind: "list",
        id: String(list),
        doc: { id: String(list), rev: 1, name: "theirs", count: 0, createdAt: now },
      },
      {
        kind: "campaign",
        id: String(campaign),
        doc: {
          ...base,
          id: String(campaign),
          number: null,
          group: "messaging",
          type: "sms",
          content: { subject: "", text: "x", html: "" },
          audienceId: null,
          accountId: null,
          schedule: null,
          phase: "draft",
          pausedFrom: null,
          pauseReason: null,
          waiting: null,
          createdBy: String(user),
          launchedAt: null,
          startedAt: null,
          submittedAt: null,
          completedAt: null,
          total: null,
        },
      },
    ],
  });
  return [user, key, audience, account, list, campaign, contact, importId, workspace].map(String);
}
