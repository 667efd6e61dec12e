// S4 Survival: the devices of a workspace over REST, and what a revoked one hears of whatever it asks.
import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dayMs } from "#domain/core/time.ts";
import { deviceHeader, protocolVersion, schemaVersion } from "#protocol/version.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

const chrome =
  "Mozilla/5.0 (Linux; Android 15; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";

let it: TestApp;
let ana: Ask;

beforeEach(async () => {
  it = await openTestApp();
  ana = await it.setUp();
});

afterEach(() => it.close());

interface Said {
  readonly client?: string;
  readonly instance?: string;
  readonly unsent?: number;
}

function pull(who: Ask, { client = randomUUIDv7(), instance = randomUUIDv7(), unsent = 0 }: Said) {
  const sender = {
    v: protocolVersion,
    schema: schemaVersion,
    client,
    instance,
    unsent,
    app: "1.2",
  };
  const feeds = { org: { from: 0 }, team: { from: 0 }, roll: { from: 0 } };
  return who("/sync/pull", {
    method: "POST",
    headers: { "user-agent": chrome },
    body: { ...sender, epoch: null, ch: "c", feeds },
  });
}

async function list(who: Ask): Promise<readonly Record<string, unknown>[]> {
  const answer = await who("/api/v1/devices");
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.json().items;
}

const revoke = (who: Ask, client: string) =>
  who(`/api/v1/devices/${client}/revoke`, { method: "POST", body: {} });

describe("devices", () => {
  test("[S34] S4 survival: a person sees their own, an administrator everybody's", async () => {
    const ben = await it.person(ana, "field");
    const client = randomUUIDv7();
    const answer = await pull(ben, { client, unsent: 3 });
    expect(answer.json().lease).toBe(answer.json().time + 14 * dayMs);
    it.wait(1_000);
    await pull(ana, {});
    expect(await list(ben)).toMatchObject([
      { id: client, name: "Chrome on Android tablet", state: "active", app: "1.2", unsent: 3 },
    ]);
    expect(await list(ana)).toMatchObject([{ unsent: 0 }, { id: client }]);
  });

  test("S4 survival: the lease is as long as the workspace says", async () => {
    const access = { fieldMaySend: false, leaseDays: 3 };
    const changed = await ana("/api/v1/workspace", { method: "PATCH", body: { access } });
    expect(changed.statusCode).toBe(200);
    const answer = await pull(ana, {});
    expect(answer.json().lease).toBe(answer.json().time + 3 * dayMs);
    const wrong = { access: { fieldMaySend: false, leaseDays: 0 } };
    const refused = await ana("/api/v1/workspace", { method: "PATCH", body: wrong });
    expect(refused.json()).toMatchObject({ status: 422, field: "access.leaseDays" });
  });

  test("are named by their person or an administrator, and by nobody else", async () => {
    const ben = await it.person(ana, "field");
    const cem = await it.person(ana, "office");
    const client = randomUUIDv7();
    await pull(ben, { client });
    const rename = (who: Ask, name: string) =>
      who(`/api/v1/devices/${client}`, { method: "PATCH", body: { name } });
    expect((await rename(ben, "Stand 4")).json()).toMatchObject({ name: "Stand 4" });
    expect((await rename(ana, "Stand 5")).json()).toMatchObject({ name: "Stand 5" });
    expect((await rename(cem, "Mine")).json()).toMatchObject({ status: 404 });
    expect((await revoke(cem, client)).json()).toMatchObject({ status: 404 });
    expect((await rename(ben, " ")).json()).toMatchObject({ status: 422, field: "name" });
    expect(await list(ben)).toMatchObject([{ name: "Stand 5", state: "active" }]);
  });

  test("[S35] S4 survival: a revoked one hears of it whatever it asks, signed in or not", async () => {
    const ben = await it.person(ana, "field");
    const said = { client: randomUUIDv7(), instance: randomUUIDv7() };
    await pull(ben, said);
    const answer = await revoke(ana, said.client);
    expect(answer.json()).toMatchObject({ state: "revoked", wipedAt: null });
    const headers = { [deviceHeader]: said.client };
    for (const who of [ben, it.nobody]) {
      for (const url of ["/api/v1/campaigns", "/api/v1/devices", "/api/v1/members"]) {
        const refused = await who(url, { headers });
        expect(refused.json()).toMatchObject({ status: 410, type: "/docs/errors#revoked" });
      }
      const push = await who("/sync/push", { method: "POST", headers, body: {} });
      expect(push.json()).toMatchObject({ status: 410, type: "/docs/errors#revoked" });
    }
    // Its login ended with it: without saying which device it is, it is nobody.
    expect((await ben("/api/v1/devices")).statusCode).toBe(401);
  });

  test("[S35] S4 survival: what a revoked device had not sent is lost, and counted", async () => {
    const said = { client: randomUUIDv7(), instance: randomUUIDv7() };
    const again = await it.person(ana, "admin");
    await pull(again, { ...said, unsent: 2 });
    await it.services.devices.revoke({
      workspace: String((await ana("/api/v1/session")).json().workspace.id),
      id: said.client,
      by: "",
    });
    const other = await it.person(ana, "admin");
    const refused = await pull(other, { ...said, unsent: 4 });
    expect(refused.json()).toMatchObject({ status: 410 });
    expect(refused.json().detail).toContain("signed out");
    const [known] = await list(ana);
    expect(known).toMatchObject({ state: "revoked", unsent: 4, wipedAt: expect.any(String) });
  });

  test("[S35] S4 survival: who leaves the workspace leaves it on every device", async () => {
    const ben = await it.person(ana, "field");
    const said = { client: randomUUIDv7(), instance: randomUUIDv7() };
    await pull(ben, said);
    const [{ user } = { user: "" }] = await list(ben);
    await ana(`/api/v1/members/${String(user)}`, { method: "DELETE" });
    await expect.poll(() => it.services.devices.endOf(said.client)).toContain("no longer in");
    const headers = { [deviceHeader]: said.client };
    const refused = await ben("/sync/push", { method: "POST", headers, body: {} });
    expect(refused.json()).toMatchObject({ status: 410 });
    expect(refused.json().detail).toContain("no longer in this workspace");
  });

  test("[S36] S4 survival: a copied profile is told to take an id of its own", async () => {
    const client = randomUUIDv7();
    const [a, b] = [randomUUIDv7(), randomUUIDv7()];
    await pull(ana, { client, instance: a });
    const refused = await pull(ana, { client, instance: b });
    expect(refused.json()).toMatchObject({ status: 409, type: "/docs/errors#fork" });
  });
});
