import { protocolVersion } from "#protocol/version.ts";
import "fake-indexeddb/auto";
import { problem } from "#protocol/error.ts";
import { expect, test } from "vitest";
import { loadLast, Registry, saveLast, type SignedIn } from "../db/registry.ts";
import { createApi } from "./api.ts";
import { newId } from "./new-id.ts";
import { createSessionKeeper, type SessionStatus } from "./session-keeper.ts";

const ana: SignedIn = {
  user: { id: newId(), name: "Ana", email: "ana@example.org" },
  workspace: { id: newId(), name: "Acme" },
  role: "admin",
  access: { fieldMaySend: false },
};

const createdAt = "2026-11-21T12:00:00.000Z";
const answered = {
  setUp: true,
  user: ana.user,
  workspace: { ...ana.workspace, access: ana.access, createdAt },
  role: ana.role,
  access: ana.access,
};

type Answer = (path: string) => Response | "no network";

function ours(status: number, body: unknown): Response {
  const text = status === 204 ? null : JSON.stringify(body);
  return new Response(text, { status, headers: { "fieldcast-protocol": String(protocolVersion) } });
}

const signedOut = () => ours(401, problem("unauthenticated"));

/** A device and what happens on it, with a server that answers as it is told. */
function aDevice(answer: Answer, registry = new Registry(`registry-${newId()}`)) {
  const happened: string[] = [];
  const asked: string[] = [];
  const told: { status: SessionStatus; trouble: string | null }[] = [];
  const api = createApi({
    fetch: async (input) => {
      const path = input instanceof Request ? input.url : String(input);
      asked.push(path);
      const response = device.answer(path);
      if (response === "no network") throw new TypeError("failed to fetch");
      return response;
    },
    base: "",
    newId,
  });
  const keeper = createSessionKeeper({
    api,
    registry,
    onReady: async ({ user }) => void happened.push(`open ${user.name}`),
    onNobody: async ({ hasLeft }) => void happened.push(hasLeft ? "forget" : "close"),
    tell: (status, _who, trouble) => told.push({ status, trouble: trouble?.kind ?? null }),
  });
  const device = { answer, keeper, registry, happened, asked, told, last: () => told.at(-1) };
  return device;
}

async function aDeviceOf(who: SignedIn, answer: Answer) {
  const device = aDevice(answer);
  await saveLast(device.registry, { signedIn: who, mustSignOut: false });
  await device.keeper.open();
  return device;
}

test("without a network it opens for whoever was signed in last", async () => {
  const device = await aDeviceOf(ana, () => "no network");
  expect(device.last()).toEqual({ status: "ready", trouble: null });
  await device.keeper.refresh();
  expect(device.happened).toEqual(["open Ana"]);
});

test("a session that ended on the server takes nothing away", async () => {
  const device = await aDeviceOf(ana, signedOut);
  await device.keeper.refresh();
  expect(device.happened).toEqual(["open Ana"]);
  expect(device.last()?.status).toBe("ready");
});

test("on a new device it says what it found: not set up, signed out, or nobody to ask", async () => {
  const empty = { setUp: false, user: null, workspace: null, role: null, access: null };
  const cases = [
    [() => ours(200, empty), { status: "set-up", trouble: null }],
    [signedOut, { status: "signed-out", trouble: null }],
    [() => "no network", { status: "signed-out", trouble: "unreachable" }],
  ] as const satisfies readonly (readonly [Answer, unknown])[];
  for (const [answer, expected] of cases) {
    const device = aDevice(answer);
    await device.keeper.refresh();
    expect(device.last()).toEqual(expected);
  }
});

test("signing in opens the data and is remembered", async () => {
  const device = aDevice(() => ours(200, answered));
  expect(await device.keeper.signIn({ email: "ana@example.org", password: "…" })).toMatchObject({
    ok: true,
  });
  expect(device.happened).toEqual(["open Ana"]);
  expect((await loadLast(device.registry)).signedIn).toEqual(ana);
});

test("a wrong password says so in the server's words", async () => {
  const device = aDevice(() => ours(401, problem("wrong_credentials")));
  const refused = await device.keeper.signIn({ email: "ana@example.org", password: "no" });
  expect(refused).toMatchObject({ ok: false, error: { title: expect.stringContaining("match") } });
});

test("signing out without a network holds after a reload, and the server is told first thing", async () => {
  const device = await aDeviceOf(ana, () => "no network");
  await device.keeper.signOut();
  expect(device.happened).toEqual(["open Ana", "forget"]);
  const isSignedIn = { answer: true };
  const later = aDevice((path) => {
    if (path.endsWith("/sign-out")) {
      isSignedIn.answer = false;
      return ours(204, null);
    }
    return isSignedIn.answer ? ours(200, answered) : signedOut();
  }, device.registry);
  await later.keeper.refresh();
  expect(later.asked[0]).toContain("sign-out");
  expect(later.happened).toEqual([]);
  expect(later.last()).toEqual({ status: "signed-out", trouble: null });
});

test("another tab's sign-out closes this one, and its sign-in opens it", async () => {
  const device = await aDeviceOf(ana, () => "no network");
  await device.keeper.hear({ signedIn: null, mustSignOut: true });
  await device.keeper.hear({ signedIn: ana, mustSignOut: false });
  expect(device.happened).toEqual(["open Ana", "close", "open Ana"]);
});

test("somebody else signing in closes the first person's data before opening theirs", async () => {
  const ben = { ...answered, user: { ...ana.user, id: newId(), name: "Ben" } };
  const device = await aDeviceOf(ana, () => ours(200, ben));
  await device.keeper.refresh();
  expect(device.happened.slice(0, 3)).toEqual(["open Ana", "close", "open Ben"]);
});
