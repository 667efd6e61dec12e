// Every list of the API, found by its own description, refuses what it cannot follow.
import * as v from "valibot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../../tests/support/test-app.ts";
import { routesOf } from "./route.ts";

let server: TestApp;
let admin: Ask;

beforeEach(async () => {
  server = await openTestApp();
  admin = await server.setUp();
});

afterEach(() => server.close());

/** The address of every list, with an id of the kind that its route has. */
async function listUrls(): Promise<readonly string[]> {
  const campaign = await admin("/api/v1/campaigns", {
    method: "POST",
    body: { name: "Spring", type: "email" },
  });
  const contact = await admin("/api/v1/contacts", {
    method: "POST",
    body: { email: "bo@example.com" },
  });
  const pool = await admin("/api/v1/code-pools", { method: "POST", body: { name: "Winter" } });
  const ids = { contacts: contact, "code-pools": pool, campaigns: campaign };
  return routesOf(server.app)
    .filter(({ method, answers }) => method === "GET" && isPage(answers[200]))
    .map(({ url }) => {
      const [, , , kind = ""] = url.split("/");
      const { id } = (Object.entries(ids).find(([name]) => name === kind)?.[1] ?? campaign).json();
      return url
        .replace(":id", String(id))
        .replace(/\/log$/, "/log?address=bo@example.com")
        .replace(/\/usage\/messages$/, "/usage/messages?kind=blocked");
    });
}

function mark(url: string): string {
  return url.includes("?") ? "&" : "?";
}

function isPage(answer: unknown): boolean {
  const page = v.safeParse(
    v.object({ entries: v.object({ items: v.unknown(), next: v.unknown() }) }),
    answer,
  );
  return page.success;
}

test("every list refuses a place to go on from that it never gave", async () => {
  const urls = await listUrls();
  expect(urls.length).toBeGreaterThan(8);
  for (const url of urls) {
    // Only a campaign with tracked links has a list of clicks (S1-15).
    const status = url.endsWith("/clicks") ? 404 : 200;
    expect([url, (await admin(url)).statusCode]).toEqual([url, status]);
    for (const cursor of ["garbage", "", "-1", "1e3"]) {
      const answer = (await admin(`${url}${mark(url)}cursor=${cursor}`)).json();
      expect({ url, ...answer }).toMatchObject({ url, status: 422, field: "cursor" });
    }
  }
});

test("every list takes a limit, and says which", async () => {
  const urls = await listUrls();
  for (const url of urls) {
    for (const limit of ["abc", "0", "-1", "1.5", "100000"]) {
      const { field, detail } = (await admin(`${url}${mark(url)}limit=${limit}`)).json();
      expect([url, field, detail]).toEqual([
        url,
        "limit",
        expect.stringMatching(/must be a whole number from 1 to \d+\./),
      ]);
    }
  }
});

test("a page leads to the next one until the list ends", async () => {
  for (const name of ["a", "b", "c"]) {
    await admin("/api/v1/campaigns", { method: "POST", body: { name, type: "sms" } });
  }
  const names: string[] = [];
  let cursor = "";
  do {
    const { items, next } = (await admin(`/api/v1/campaigns?limit=1${cursor}`)).json();
    names.push(items[0].name);
    cursor = next === null ? "" : `&cursor=${next}`;
  } while (cursor !== "");
  expect(names.toSorted()).toEqual(["a", "b", "c"]);
});

/** Three entries for every list that is read whole. */
async function fill(): Promise<void> {
  const make = async (url: string, body: unknown): Promise<void> => {
    expect([url, (await admin(url, { method: "POST", body })).statusCode]).toEqual([url, 201]);
  };
  for (const name of ["Ödön", "Bo", "bo"]) {
    await make("/api/v1/audiences", { name, all: true });
    await make("/api/v1/accounts", { name, channel: "sms", provider: "sandbox" });
    await make("/api/v1/keys", { name, role: "office" });
  }
  await server.person(admin, "office");
  await server.person(admin, "office");
  for (const list of ["a", "b", "c"]) {
    const sent = await admin(`/api/v1/contacts/import?list=${list}`, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: "email\nbo@example.com\n",
    });
    expect(sent.statusCode).toBe(202);
  }
}

test("every short list is the same whole and page by page", async () => {
  await fill();
  for (const name of ["audiences", "accounts", "keys", "members", "imports"]) {
    const url = `/api/v1/${name}`;
    const whole = (await admin(url)).json();
    expect([url, whole.items.length, whole.next]).toEqual([url, 3, null]);
    const paged: unknown[] = [];
    let query = "?limit=2";
    do {
      const { items, next } = (await admin(url + query)).json();
      paged.push(items.map(({ id }: { readonly id: string }) => id));
      query = next === null ? "" : `?limit=2&cursor=${next}`;
    } while (query !== "");
    const ids = whole.items.map(({ id }: { readonly id: string }) => id);
    expect([url, paged]).toEqual([url, [ids.slice(0, 2), ids.slice(2)]]);
  }
});

test("the page after an entry that was deleted meanwhile goes on behind it", async () => {
  await fill();
  const { items, next } = (await admin("/api/v1/audiences?limit=1")).json();
  const rest = (await admin("/api/v1/audiences")).json().items.slice(1);
  await admin(`/api/v1/audiences/${items[0].id}`, { method: "DELETE" });
  expect((await admin(`/api/v1/audiences?cursor=${next}`)).json().items).toEqual(rest);
});

test("what a contact said at one moment is told page by page, in the same order", async () => {
  const made = await admin("/api/v1/contacts", {
    method: "POST",
    body: { email: "bo@example.com" },
  });
  const url = `/api/v1/contacts/${made.json().id}/consents`;
  for (const channel of ["email", "sms", "email"]) {
    const body = { channel, granted: true, at: "2026-11-20T10:00:00Z", source: channel };
    await admin(url, { method: "POST", body });
  }
  const whole = (await admin(url)).json().items;
  const first = (await admin(`${url}?limit=1`)).json();
  const second = (await admin(`${url}?limit=5&cursor=${first.next}`)).json();
  expect([...first.items, ...second.items]).toEqual(whole);
  expect(second.next).toBeNull();
});
