import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Act } from "#domain/sync/command.ts";
import { pullReply, pushReply, type PullReply, type PushReply } from "#protocol/down.ts";
import { commandVersions } from "#protocol/command.ts";
import {
  oldestProtocol,
  protocolVersion,
  schemaVersion,
  toleratesOthersSince,
} from "#protocol/version.ts";
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from "fastify";
import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import {
  aCampaign,
  ana,
  anAccount,
  anAudience,
  anId,
  noon,
} from "../../tests/support/campaigns.ts";
import { createCommands } from "../commands/apply.ts";
import { openContentCheck } from "../delivery/templates.ts";
import { createPuller } from "../live/pull.ts";
import { openInlineStore } from "../store/sqlite/inline.ts";
import { StoreError, type Store } from "../store/store.ts";
import { toProblem } from "./problem.ts";
import { createDevices } from "../access/devices.ts";
import { installGuards, type Caller } from "./route.ts";
import { registerSync } from "./sync.ts";

const workspace = anId(0x1);
const client = anId(0xc1);
const instance = anId(0xd1);

const caller: Caller = {
  workspace,
  user: ana,
  role: "office",
  name: "Ana",
  access: { fieldMaySend: false },
  viaKey: false,
};

let store: Store;
let app: FastifyInstance;
let now = noon;

const clock = (): number => now;

function serve(over: Store): FastifyInstance {
  const made = Fastify();
  made.setErrorHandler((error, _request, reply) => {
    const { problem, headers } = toProblem(error);
    return reply.code(problem.status).headers(headers).send(problem);
  });
  installGuards(made, {
    authenticate: async (request) => {
      const name = request.headers["x-test-user"];
      if (name === "nobody") return null;
      return name === "foreign" ? { ...caller, workspace: anId(0x2) } : caller;
    },
    answers: over.access,
    clock,
    origins: ["http://localhost"],
  });
  const commands = createCommands({ store: over, clock, checkContent: openContentCheck() });
  const devices = createDevices({ store: over, clock, endSession: async () => undefined });
  registerSync(made, { commands, devices, puller: createPuller({ store: over, clock }), clock });
  return made;
}

beforeEach(async () => {
  now = noon;
  store = openInlineStore(":memory:");
  app = serve(store);
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [
      { kind: "account", id: anAccount().id, doc: anAccount() },
      { kind: "audience", id: anAudience().id, doc: anAudience() },
    ],
    activity: null,
    now,
  });
});

const { id } = aCampaign();

function saying(text: string) {
  const content = { subject: "", text, html: "" };
  const audienceId = anAudience().id;
  const accountId = anAccount().id;
  return {
    name: "campaign.create",
    args: { id, type: "sms", name: "Spring", content, audienceId, accountId },
  } as const satisfies Act;
}

const createAct = saying("Hello");

interface Sent {
  readonly mid: number;
  readonly act: { readonly name: string; readonly args: unknown };
  readonly uid?: string;
  readonly v?: number;
}

function command({ mid, act, uid, v: version }: Sent) {
  return {
    mid,
    uid: uid ?? anId(0x10_000 + mid),
    name: act.name,
    v: version ?? 1,
    args: act.args,
    at: { wall: now, offset: 0, offsetAge: 0 },
  };
}

function post(
  url: string,
  payload: object,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  return app.inject({ method: "POST", url, payload, headers });
}

const sender = { v: protocolVersion, schema: schemaVersion, client, instance };

async function push(...commands: readonly Sent[]): Promise<PushReply> {
  const answer = await post("/sync/push", { ...sender, commands: commands.map(command) });
  expect(answer.statusCode).toBe(200);
  return v.parse(pushReply, answer.json());
}

async function pull(feeds: object, epoch: string | null, ch = "c1"): Promise<PullReply> {
  const answer = await post("/sync/pull", { ...sender, epoch, ch, feeds });
  expect(answer.statusCode).toBe(200);
  return v.parse(pullReply, answer.json());
}

async function epochNow(): Promise<string> {
  const { epoch } = await pull({ org: { from: 0 } }, null);
  return epoch;
}

describe("push", () => {
  test("[S23] takes what a device of any older protocol has, and answers as that one reads it", async () => {
    await push({ mid: 1, act: createAct });
    const rename = { name: "campaign.edit", args: { id, name: { was: "Spring", set: "May" } } };
    for (let old = oldestProtocol; old < protocolVersion; old++) {
      const commands = [command({ mid: old + 1, act: rename })];
      const answer = await post("/sync/push", { ...sender, v: old, schema: 0, commands });
      expect(answer.statusCode).toBe(200);
      const said = old < toleratesOthersSince ? old : protocolVersion;
      expect(answer.headers["fieldcast-protocol"]).toBe(String(said));
      expect(v.parse(pushReply, answer.json()).verdicts).toHaveLength(1);
    }
    const tooOld = await post("/sync/push", {
      ...sender,
      v: oldestProtocol - 1,
      commands: [command({ mid: 99, act: rename })],
    });
    expect(tooOld.json()).toMatchObject({ type: "/docs/errors#upgrade_required" });
  });

  test("[S23] a device that is newer than the server waits, whatever its messages look like", async () => {
    const newer = { ...sender, v: protocolVersion + 1, more: { than: "we know" } };
    for (const url of ["/sync/push", "/sync/pull"]) {
      const answer = await post(url, { ...newer, commands: [], feeds: {} });
      expect(answer.statusCode).toBe(503);
      expect(answer.headers).toMatchObject({
        "retry-after": "60",
        "fieldcast-protocol": String(protocolVersion),
      });
    }
    const said = await app.inject({ method: "GET", url: "/sync/version" });
    const known = { protocol: protocolVersion, schema: schemaVersion, commands: commandVersions };
    expect(said.json()).toEqual(known);
  });

  test("answers each command with its verdict and the versions that carry it", async () => {
    const reply = await push({ mid: 1, act: createAct });
    expect(reply.verdicts).toEqual([
      { mid: 1, outcome: "ok", refusal: null, lost: [], seqs: { team: 1 } },
    ]);
    expect(reply.expected).toBeNull();
    expect(reply.time).toBe(noon);
  });

  test("[S2] the same push again gives the same verdicts and no second effect", async () => {
    const first = await push({ mid: 1, act: createAct });
    expect(await push({ mid: 1, act: createAct })).toEqual(first);
    const { team } = await store.sync.heads({ workspace, user: ana, feeds: ["team"] });
    expect(team?.head).toBe(1);
  });

  test("[S21] a launch that was asked for before a restore is refused, an edit is taken", async () => {
    await push({ mid: 1, act: createAct });
    const lost = [
      { mid: 2, act: { name: "campaign.edit", args: { id, name: { was: "Spring", set: "May" } } } },
      { mid: 3, act: { name: "campaign.resume", args: { id } } },
    ].map(command);
    now += 60_000;
    await store.admin.adopt({ beside: null, isCopy: true, now });
    now += 60_000;
    const again = await post("/sync/push", { ...sender, commands: lost });
    expect(v.parse(pushReply, again.json()).verdicts).toMatchObject([
      { mid: 2, outcome: "ok" },
      {
        mid: 3,
        outcome: "rejected",
        refusal: { type: "changed_since_review", detail: { restored: true } },
      },
    ]);
    // Asked for anew, it is decided by the campaign's state alone.
    const anew = await push({ mid: 4, act: { name: "campaign.resume", args: { id } } });
    expect(anew.verdicts).toMatchObject([{ mid: 4, refusal: { type: "illegal_move" } }]);
  });

  test("[S3] a command out of turn is not applied; the server says which it expects", async () => {
    const reply = await push({ mid: 3, act: createAct });
    expect(reply).toMatchObject({ verdicts: [], expected: 1 });
    expect(await store.sync.list({ workspace, kind: "campaign" })).toEqual([]);
  });

  test("[S3] a number used for another command is not answered with the other's verdict", async () => {
    await push({ mid: 1, act: createAct });
    const other = { name: "campaign.delete", args: { id } };
    expect(await push({ mid: 1, act: other, uid: anId(0x77) })).toMatchObject({
      verdicts: [],
      expected: 2,
    });
    expect(await push({ mid: 2, act: other, uid: anId(0x77) })).toMatchObject({
      verdicts: [{ mid: 2, outcome: "ok" }],
    });
  });

  test("[S2] the same command under a new number is known by its uid", async () => {
    await push({ mid: 1, act: createAct });
    const reply = await push({ mid: 2, act: createAct, uid: anId(0x10_001) });
    expect(reply.verdicts).toMatchObject([{ mid: 2, outcome: "ok", seqs: { team: 1 } }]);
    expect(await push({ mid: 3, act: { name: "campaign.pause", args: { id } } })).toMatchObject({
      verdicts: [{ mid: 3, outcome: "rejected", refusal: { type: "illegal_move" } }],
    });
  });

  test("[S9] bad arguments are refused with their field and do not block what follows", async () => {
    const bad = { name: "campaign.edit", args: { id, name: { was: "x", set: 7 } } };
    const reply = await push(
      { mid: 1, act: bad },
      { mid: 2, act: { name: "campaign.explode", args: {} } },
      { mid: 3, act: createAct, v: 9 },
      { mid: 4, act: createAct },
    );
    expect(reply.verdicts).toMatchObject([
      { mid: 1, refusal: { type: "invalid", field: "name.set" } },
      { mid: 2, refusal: { type: "invalid", field: "name" } },
      { mid: 3, refusal: { type: "invalid", field: "v" } },
      { mid: 4, outcome: "ok" },
    ]);
  });

  test("[S10] what builds on a refused creation is refused as a part of it", async () => {
    const nameless = { ...createAct, args: { ...createAct.args, name: " " } };
    const edit = { name: "campaign.edit", args: { id, name: { was: " ", set: "Better" } } };
    const copy = { name: "campaign.duplicate", args: { id: anId(0x105), from: id, name: "Copy" } };
    const reply = await push(
      { mid: 1, act: nameless },
      { mid: 2, act: edit },
      { mid: 3, act: copy },
      { mid: 4, act: { name: "campaign.pause", args: { id: anId(0x105) } } },
    );
    expect(reply.verdicts.map((each) => each.refusal?.type)).toEqual([
      "invalid",
      "parent",
      "parent",
      "parent",
    ]);
  });

  test("[S10] also when the creation was refused on another device of the same person", async () => {
    await push({ mid: 1, act: { ...createAct, args: { ...createAct.args, name: " " } } });
    const other = { ...sender, client: anId(0xc7), instance: anId(0xc8) };
    const edit = { name: "campaign.edit", args: { id, name: { was: " ", set: "Better" } } };
    const answer = await post("/sync/push", {
      ...other,
      commands: [{ ...command({ mid: 1, act: edit }), uid: anId(0xc9) }],
    });
    const { verdicts } = v.parse(pushReply, answer.json());
    expect(verdicts[0]?.refusal?.type).toBe("parent");
  });

  test("what was deleted by somebody is gone, although an act on it was refused before", async () => {
    await push(
      { mid: 1, act: createAct },
      { mid: 2, act: { name: "campaign.pause", args: { id } } },
    );
    await push({ mid: 3, act: { name: "campaign.delete", args: { id } } });
    const { verdicts } = await push({ mid: 4, act: { name: "campaign.edit", args: { id } } });
    expect(verdicts[0]?.refusal?.type).toBe("gone");
  });

  test("an audience that a planned campaign needs stays", async () => {
    await store.sync.commitWrites({
      workspace,
      expect: [],
      writes: [{ kind: "campaign", id, doc: aCampaign({ phase: "scheduled" }) }],
      activity: null,
      now,
    });
    const removal = { name: "audience.delete", args: { id: anAudience().id } };
    const { verdicts } = await push({ mid: 1, act: removal });
    expect(verdicts[0]?.refusal).toMatchObject({ type: "in_use", detail: { campaignId: id } });
  });

  test("[S11] when storage fails half way, what was decided is answered and the rest asked again", async () => {
    let commits = 0;
    const failing: Store = {
      ...store,
      sync: {
        ...store.sync,
        commitCommand: async (args) => {
          commits += 1;
          if (commits === 2) throw new StoreError("full", "no space left");
          return store.sync.commitCommand(args);
        },
      },
    };
    app = serve(failing);
    const remove = { name: "campaign.delete", args: { id } };
    const both = [
      { mid: 1, act: createAct },
      { mid: 2, act: remove },
    ];
    const first = await push(...both);
    expect(first.verdicts.map((each) => each.mid)).toEqual([1]);
    const second = await push(...both);
    expect(second.verdicts.map((each) => each.outcome)).toEqual(["ok", "ok"]);
  });

  test("[S11] when storage fails at once, nothing is recorded and the error says it is the disk", async () => {
    const full = new StoreError("full", "no space left");
    app = serve({
      ...store,
      sync: { ...store.sync, commitCommand: () => Promise.reject(full) },
    });
    const answer = await post("/sync/push", {
      ...sender,
      commands: [command({ mid: 1, act: createAct })],
    });
    expect(answer.statusCode).toBe(507);
    expect(await store.sync.lastMid({ workspace, client })).toBe(0);
  });

  test("a document that moves on between reading and writing is decided again", async () => {
    await push({ mid: 1, act: createAct });
    let raced = false;
    const racing: Store = {
      ...store,
      sync: {
        ...store.sync,
        commitCommand: async (args) => {
          if (!raced) {
            raced = true;
            const [found] = await store.sync.list({ workspace, kind: "campaign" });
            if (found === undefined) throw new Error("the campaign is there");
            const doc = { ...found, rev: found.rev + 1, name: "Ben's" };
            const writes = [{ kind: "campaign", id, doc } as const];
            await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now });
          }
          return store.sync.commitCommand(args);
        },
      },
    };
    app = serve(racing);
    const edit = { name: "campaign.edit", args: { id, name: { was: "Spring", set: "Ana's" } } };
    const { verdicts } = await push({ mid: 2, act: edit });
    expect(verdicts[0]).toMatchObject({ outcome: "merged", lost: [{ theirs: "Ben's" }] });
  });

  test("[S23] a device of a newer build waits, and one of an older build may push", async () => {
    const commands = [command({ mid: 1, act: createAct })];
    const newer = await post("/sync/push", { ...sender, schema: 2, commands });
    expect(newer.statusCode).toBe(503);
    expect(newer.headers["retry-after"]).toBe("60");
    const older = await post("/sync/push", { ...sender, schema: 0, commands });
    expect(older.statusCode).toBe(200);
  });

  test("[S24] more than a hundred commands, and a large batch, are refused with words", async () => {
    const many = Array.from({ length: 101 }, (_, n) => command({ mid: n + 1, act: createAct }));
    expect((await post("/sync/push", { ...sender, commands: many })).statusCode).toBe(422);
    const large = [1, 2].map((mid) => command({ mid, act: saying("x".repeat(150_000)) }));
    expect((await post("/sync/push", { ...sender, commands: large })).statusCode).toBe(413);
    const alone = [command({ mid: 1, act: saying("é".repeat(190_000)) })];
    expect((await post("/sync/push", { ...sender, commands: alone })).statusCode).toBe(200);
  });

  test("[S24] after sixty pushes at once a device is told how long to wait", async () => {
    const commands = [command({ mid: 1, act: createAct })];
    const answers = await Promise.all(
      Array.from({ length: 61 }, () => post("/sync/push", { ...sender, commands })),
    );
    const refused = answers.filter((each) => each.statusCode === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.headers["retry-after"]).toBe("1");
    now += 1_000;
    expect((await post("/sync/push", { ...sender, commands })).statusCode).toBe(200);
  });

  test("unknown fields, broken JSON and nobody are refused", async () => {
    const commands = [command({ mid: 1, act: createAct })];
    const extra = await post("/sync/push", { ...sender, commands, hello: 1 });
    expect(extra.json()).toMatchObject({ status: 422, field: "hello" });
    const broken = await app.inject({
      method: "POST",
      url: "/sync/push",
      payload: "{",
      headers: { "content-type": "application/json" },
    });
    expect(broken.statusCode).toBe(400);
    const nobody = await post("/sync/push", { ...sender, commands }, { "x-test-user": "nobody" });
    expect(nobody.statusCode).toBe(401);
  });
});

describe("pull", () => {
  test("[S21] a new device is told to begin, then gets everything of one moment", async () => {
    const first = await pull({ org: { from: 0 }, team: { from: 0 } }, null);
    expect(first).toMatchObject({ t: "reset", feeds: { org: { h0: 2 }, team: { h0: 0 } } });
    const page = await pull(
      { org: { from: 0, h0: 2 }, team: { from: 0, h0: 0 } },
      first.epoch,
      "x",
    );
    expect(page).toMatchObject({
      t: "page",
      ch: "x",
      feeds: {
        org: { from: 0, to: 2, more: false, rows: { ver: [1, 2], kind: ["account", "audience"] } },
        team: { from: 0, to: 0, more: false },
      },
    });
  });

  test("[S15] a row that changed often is one row, and a removal is a tombstone", async () => {
    const rename = (was: string, set: string) => ({
      name: "campaign.edit",
      args: { id, name: { was, set } },
    });
    await push(
      { mid: 1, act: createAct },
      { mid: 2, act: rename("Spring", "a") },
      { mid: 3, act: rename("a", "b") },
    );
    const epoch = await epochNow();
    const page = await pull({ team: { from: 0 } }, epoch);
    expect(page).toMatchObject({ feeds: { team: { to: 3, rows: { ver: [3] } } } });
    await push({ mid: 4, act: { name: "campaign.delete", args: { id } } });
    expect(await pull({ team: { from: 3 } }, epoch)).toMatchObject({
      feeds: { team: { from: 3, to: 4, rows: { ver: [4], doc: [null] } } },
    });
  });

  test("[S20] a cursor below the floor, or beyond the head, starts that feed again; a filling one goes on", async () => {
    await push(
      { mid: 1, act: createAct },
      { mid: 2, act: { name: "campaign.delete", args: { id } } },
    );
    const epoch = await epochNow();
    await store.sync.purge({ before: noon + 1 });
    const asks = (team: object) => pull({ team, org: { from: 2 } }, epoch);
    expect(await asks({ from: 1 })).toMatchObject({ t: "reset", feeds: { team: { h0: 2 } } });
    expect(await asks({ from: 3 })).toMatchObject({ t: "reset", feeds: { team: { h0: 2 } } });
    expect(await asks({ from: 1, h0: 2 })).toMatchObject({ t: "page" });
    expect(await asks({ from: 1, h0: 1 })).toMatchObject({ t: "reset" });
    expect(await asks({ from: 2 })).toMatchObject({ t: "page" });
  });

  test("[S23] a device of an older build must update before it hears anything", async () => {
    const old = await post("/sync/pull", { ...sender, schema: 0, epoch: null, ch: "", feeds: {} });
    expect(old.statusCode).toBe(426);
    expect(old.json()).toMatchObject({ type: "/docs/errors#upgrade_required" });
  });

  test("[S23] the oldest, which pull first, are told once a minute that there is nothing new, so that they go on to push", async () => {
    await push({ mid: 1, act: createAct });
    const epoch = await epochNow();
    const asks = { ...sender, v: 9, epoch, ch: "c9", feeds: { team: { from: 0 } } };
    const first = await post("/sync/pull", asks);
    expect(first.headers["fieldcast-protocol"]).toBe("9");
    expect(first.json()).toMatchObject({ t: "page", ch: "c9", epoch, feeds: {} });
    expect((await post("/sync/pull", asks)).statusCode).toBe(426);
    now += 60_000;
    // One that knows another history must not be told that nothing is new.
    expect((await post("/sync/pull", { ...asks, epoch: "other" })).statusCode).toBe(426);
    now += 60_000;
    expect((await post("/sync/pull", asks)).statusCode).toBe(200);
  });

  test("[S16] nobody hears of another workspace", async () => {
    await push({ mid: 1, act: createAct });
    const epoch = await epochNow();
    const body = { ...sender, epoch, ch: "", feeds: { team: { from: 0 }, org: { from: 0 } } };
    const answer = await post("/sync/pull", body, { "x-test-user": "foreign" });
    expect(answer.json()).toMatchObject({
      feeds: { team: { to: 0, rows: { ver: [] } }, org: { to: 0, rows: { ver: [] } } },
    });
  });

  test.each([
    ["gzip, br", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
  ])(
    "answers carry the protocol's name, are not stored, and to %s are packed when large",
    async (takes, encoding, unpacked) => {
      const epoch = await epochNow();
      await push({ mid: 1, act: saying("x".repeat(9_000)) });
      const body = { ...sender, epoch, ch: "", feeds: { team: { from: 0 } } };
      const answer = await post("/sync/pull", body, { "accept-encoding": takes });
      expect(answer.headers).toMatchObject({
        "fieldcast-protocol": String(protocolVersion),
        "cache-control": "no-store",
        "content-encoding": encoding,
      });
      const page = JSON.parse(unpacked(answer.rawPayload).toString("utf8"));
      expect(page).toMatchObject({ t: "page", feeds: { team: { to: 1 } } });
    },
  );
});
