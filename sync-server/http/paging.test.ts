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
  return routesOf(server.app)
    .filter(({ method, answers }) => method === "GET" && isPage(answers[200]))
    .map(({ url }) => {
      const { id } = url.includes("/contacts/") ? contact.json() : campaign.json();
      return url.replace(":id", String(id));
    });
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
    expect([url, (await admin(url)).statusCode]).toEqual([url, 200]);
    for (const cursor of ["garbage", "", "-1", "1e3"]) {
      const answer = (await admin(`${url}?cursor=${cursor}`)).json();
      expect({ url, ...answer }).toMatchObject({ url, status: 422, field: "cursor" });
    }
  }
});

test("every list that takes a limit says which", async () => {
  const urls = await listUrls();
  for (const url of urls) {
    for (const limit of ["abc", "0", "-1", "1.5", "100000"]) {
      const { field, detail } = (await admin(`${url}?limit=${limit}`)).json();
      expect([url, field, detail]).toEqual([
        url,
        "limit",
        expect.stringMatching(/must be a whole number from 1 to \d+\.|is not a known field\./),
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
