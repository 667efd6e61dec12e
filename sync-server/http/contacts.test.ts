import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openContactsApp, type ContactsApp } from "../../tests/support/contacts-app.ts";

let contacts: ContactsApp;

beforeEach(async () => {
  contacts = await openContactsApp();
});

afterEach(() => contacts.close());

type Method = "GET" | "POST" | "PATCH" | "DELETE";

async function call(method: Method, url: string, body?: object, as = "office") {
  const answer = await contacts.app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { authorization: as },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
}

const add = (body: object) => call("POST", "/contacts", body);
const make = (body: object) => call("POST", "/audiences", body);
const found = async (q: string, as: string) =>
  (await call("GET", `/contacts?q=${q}`, undefined, as)).body.items.length;
const unknownId = "0193a000-0000-7000-8000-00000000dead";

describe("a contact", () => {
  test("is added with its addresses as they are kept, changed, and deleted", async () => {
    const made = await add({ email: " Ann@B.CD ", phone: "(408) 555-0188", country: "USA" });
    expect(made).toMatchObject({
      status: 201,
      body: { email: "ann@b.cd", phone: "+14085550188", country: "US", consents: [] },
    });
    const url = `/contacts/${made.body.id}`;
    const changed = await call("PATCH", url, { city: "Ulm", phone: null });
    expect(changed.body).toMatchObject({ email: "ann@b.cd", phone: null, city: "Ulm" });
    expect((await call("DELETE", url)).status).toBe(204);
    expect((await call("GET", url)).status).toBe(404);
  });

  test.each([
    [{}, "email"],
    [{ email: "nope" }, "email"],
    [{ phone: "12" }, "phone"],
    [{ email: "a@b.cd", country: "Atlantis" }, "country"],
    [{ email: "a@b.cd", hat: 1 }, "hat"],
    [{ email: "a@b.cd", consents: [{ channel: "fax", granted: true }] }, "consents.0.channel"],
  ])("is refused as %j with the field %s", async (body, field) => {
    expect(await add(body)).toMatchObject({ status: 422, body: { field } });
  });

  test("keeps at least one address, and never takes another's", async () => {
    await add({ email: "a@b.cd" });
    const other = await add({ email: "b@b.cd" });
    const url = `/contacts/${other.body.id}`;
    expect(await call("PATCH", url, { email: null })).toMatchObject({ status: 422 });
    expect(await call("PATCH", url, { email: "a@b.cd" })).toMatchObject({ status: 409 });
    expect(await add({ email: "A@b.cd" })).toMatchObject({ status: 409, body: { field: "email" } });
  });

  test("of another workspace is as one that does not exist", async () => {
    const made = await add({ email: "a@b.cd" });
    for (const id of [made.body.id, unknownId, "no-id"]) {
      for (const [method, path, body] of [
        ["GET", "", undefined],
        ["PATCH", "", { city: "x" }],
        ["DELETE", "", undefined],
        ["GET", "/consents", undefined],
        ["POST", "/consents", { channel: "email", granted: true }],
      ] as const)
        expect(await call(method, `/contacts/${id}${path}`, body, "office/w2")).toMatchObject({
          status: 404,
          body: { type: "/docs/errors#not_found" },
        });
    }
  });

  test("is shown with masked addresses to whoever may not see them", async () => {
    await add({ email: "ann@b.cd", phone: "+14085550188" });
    const page = await call("GET", "/contacts", undefined, "manager");
    expect(page.body.items).toMatchObject([{ email: "a•••@b.cd", phone: "+14•••188" }]);
  });

  test("is not found by an address that the searcher may not see", async () => {
    await add({ email: "ann@b.cd", lastName: "Lee" });
    expect(await found("ann@b", "manager")).toBe(0);
    expect(await found("ann@b", "office")).toBe(1);
    expect(await found("lee", "manager")).toBe(1);
  });
});

test("contacts come page by page", async () => {
  for (const n of [1, 2, 3]) await add({ email: `c${n}@b.cd`, lastName: "Lee" });
  const first = await call("GET", "/contacts?q=LEE&limit=2");
  expect(first.body.items).toHaveLength(2);
  const rest = await call("GET", `/contacts?q=LEE&limit=2&cursor=${first.body.next}`);
  expect(rest.body).toMatchObject({ items: [{ email: "c1@b.cd" }], next: null });
  expect(await call("GET", "/contacts?limit=0")).toMatchObject({ status: 422 });
});

test("a consent is noted with its time and source, and the latest word counts", async () => {
  const made = await add({
    email: "a@b.cd",
    consents: [{ channel: "email", granted: true, at: "2026-01-01T00:00:00Z", source: "fair" }],
  });
  const url = `/contacts/${made.body.id}`;
  const withdrawn = await call("POST", `${url}/consents`, { channel: "email", granted: false });
  expect(withdrawn).toMatchObject({ status: 201, body: { granted: false, source: "api" } });
  expect((await call("GET", url)).body.consents).toMatchObject([{ granted: false }]);
  const log = await call("GET", `${url}/consents`);
  expect(log.body.items.map((each: { granted: boolean }) => each.granted)).toEqual([false, true]);
  const future = { channel: "email", granted: true, at: "2999-01-01T00:00:00Z" };
  expect(await call("POST", `${url}/consents`, future)).toMatchObject({ body: { field: "at" } });
  const noDay = { channel: "email", granted: true, at: "2026-02-30T00:00:00Z" };
  expect(await call("POST", `${url}/consents`, noDay)).toMatchObject({
    status: 422,
    body: { field: "at", detail: "at must be a day that the calendar has." },
  });
});

describe("an audience", () => {
  test("is counted when it is made, changed, listed and deleted", async () => {
    await add({ email: "a@b.cd", country: "US" });
    await add({ email: "b@b.cd", country: "DE" });
    const made = await make({ name: "Americans", rule: { filter: { country: "US" } } });
    expect(made).toMatchObject({
      status: 201,
      body: { count: 1, rule: { filter: { countries: ["US"] } }, rev: 1 },
    });
    const url = `/audiences/${made.body.id}`;
    const changed = await call("PATCH", url, { rule: { all: true } });
    expect(changed.body).toMatchObject({
      name: "Americans",
      rule: { all: true },
      count: 2,
      rev: 2,
    });
    expect((await call("GET", `${url}/count`)).body).toEqual({
      count: 2,
      reachable: { email: 0, sms: 0 },
    });
    expect((await call("GET", "/audiences")).body.items).toHaveLength(1);
    expect((await call("DELETE", url)).status).toBe(204);
    expect((await call("GET", url)).status).toBe(404);
  });

  test.each([
    [{ name: "x", all: true }],
    [{ name: "x", rule: { all: true } }],
    [{ name: "x", rule: { kind: "all" } }],
  ])("means everyone when written as %j", async (body) => {
    expect((await make(body)).body).toMatchObject({ rule: { all: true } });
  });

  test.each([
    [{ rule: { all: true } }, "name"],
    [{ name: " ", rule: { all: true } }, "name"],
    [{ name: "x" }, "rule"],
    [{ name: "x", rule: { everyone: 1 } }, "rule"],
    [{ name: "x", rule: { list: unknownId } }, "rule.list"],
    [{ name: "x", filter: { country: "Atlantis" } }, "filter.country"],
    [{ name: "x", all: true, filter: {} }, "rule"],
  ])("is refused as %j with the field %s", async (body, field) => {
    expect(await make(body)).toMatchObject({ status: 422, body: { field } });
  });

  test("is not made by a role that may only read", async () => {
    const refused = await call("POST", "/audiences", { name: "x", all: true }, "field");
    expect(refused.status).toBe(403);
  });
});
