// What is pushed, opened by a browser's keys at a real push service on loopback.
import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { createBrowser, openPush, PushSink } from "../../tests/support/push-sink.ts";
import { createSealer } from "../providers/secrets.ts";
import type { Telling } from "../store/notice-store.ts";
import { createDevices, createPushWay } from "./push.ts";
import { createPushKeys } from "./push-keys.ts";

let sink: PushSink | undefined;

afterEach(async () => {
  await sink?.close();
  sink = undefined;
});

test("the push service of the tests opens the example of RFC 8291, appendix A", () => {
  const privateKey = Buffer.from("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "base64url");
  const auth = Buffer.from("BTBZMqHH6r4Tts7J_aSIgg", "base64url");
  const body =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
  const opened = openPush(createBrowser(privateKey, auth), Buffer.from(body, "base64url"));
  expect(opened).toBe("When I grow up, I want to be a watermelon");
});

async function aWay(privateTargets = true) {
  sink = await PushSink.open();
  const sealer = createSealer(randomBytes(32), "notices");
  const kept: { sealed: string | null } = { sealed: null };
  const notices = {
    pushKeys: async ({ sealed }: { readonly sealed: string | null }) =>
      (kept.sealed = kept.sealed ?? sealed),
  };
  const keys = createPushKeys({ notices }, sealer);
  const deps = { sealer, keys, privateTargets, publicUrl: "http://localhost:3000" };
  const { publicKey, privateKey } = await keys.open();
  expect(kept.sealed).not.toContain(privateKey);
  return { sink, way: createPushWay(deps), devices: createDevices(deps), publicKey, sealer };
}

function aTelling(device: Telling["device"]): Telling {
  return {
    seq: 1,
    key: "0123456789abcdef0123456789",
    workspace: "w",
    workspaceName: "Acme",
    way: "push",
    mail: null,
    device,
    cause: "provider_auth",
    said: null,
    at: 0,
    campaigns: [{ id: "c1", name: "Spring for ana@example.com", glance: "" }],
    count: 1,
    tries: 1,
  };
}

test("a push is encrypted for the one browser, signed by this server, and names no address", async () => {
  const it = await aWay();
  const { name, ...made } = it.sink.subscribe("phone", it.publicKey);
  const sealed = it.devices.seal(made);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  expect(sealed.value).not.toContain(made.keys.auth);
  const device = { id: it.devices.idOf(made.endpoint), sealed: sealed.value };
  expect(await it.way.tell(aTelling(device))).toEqual({ end: "sent" });
  expect(it.sink.taken.get(name)).toEqual([
    {
      topic: "0123456789abcdef0123456789",
      ttl: 86_400,
      notice: {
        web_push: 8030,
        notification: {
          title: "Spring for •••@•••: paused because the provider refuses the account",
          body: expect.stringContaining("credentials"),
          navigate: "http://localhost:3000/campaigns/c1",
          tag: "0123456789abcdef0123456789",
        },
      },
    },
  ]);
});

test.each([
  [404, { end: "failed", why: "status 404", dropsDevice: true }],
  [410, { end: "failed", why: "status 410", dropsDevice: true }],
  [413, { end: "failed", why: "status 413", dropsDevice: false }],
  [429, { end: "later", why: "status 429", afterMs: null }],
  [503, { end: "later", why: "status 503", afterMs: null }],
])("what a push service answers with %i", async (status, told) => {
  const it = await aWay();
  const made = it.sink.subscribe("phone", it.publicKey);
  it.sink.status.set("phone", status);
  const sealed = it.devices.seal(made);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  const device = { id: it.devices.idOf(made.endpoint), sealed: sealed.value };
  expect(await it.way.tell(aTelling(device))).toEqual(told);
});

test("where private addresses must not be called, none is: neither taken as a device nor pushed to", async () => {
  const it = await aWay(false);
  const made = it.sink.subscribe("phone", it.publicKey);
  expect(it.devices.seal(made)).toMatchObject({ ok: false, error: { field: "endpoint" } });
  const id = it.devices.idOf(made.endpoint);
  const sealed = it.sealer.seal(JSON.stringify(made), id);
  expect(await it.way.tell(aTelling({ id, sealed }))).toMatchObject({ end: "failed" });
  expect(it.sink.calls.size).toBe(0);
});

test("a push service that cannot be reached is tried again", async () => {
  const it = await aWay();
  const made = it.sink.subscribe("phone", it.publicKey);
  const sealed = it.devices.seal(made);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  await it.sink.close();
  sink = undefined;
  const device = { id: it.devices.idOf(made.endpoint), sealed: sealed.value };
  expect(await it.way.tell(aTelling(device))).toMatchObject({ end: "later" });
});
