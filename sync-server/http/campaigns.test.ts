import type { CampaignAnswer } from "#protocol/rest/campaign.ts";
import { campaignAnswer, campaignPage } from "#protocol/rest/campaign.ts";
import Fastify, { type FastifyInstance } from "fastify";
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
import { openInlineStore } from "../store/sqlite/inline.ts";
import type { Store } from "../store/store.ts";
import { registerCampaigns } from "./campaigns.ts";
import { toProblem } from "./problem.ts";
import { installGuards, type Caller } from "./route.ts";

const workspace = anId(0x1);
const office: Caller = {
  workspace,
  user: ana,
  role: "office",
  name: "Ana",
  access: { fieldMaySend: false },
  viaKey: true,
};

let store: Store;
let app: FastifyInstance;
let made = 0;

beforeEach(async () => {
  made = 0;
  store = openInlineStore(":memory:");
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    const { problem, headers } = toProblem(error);
    return reply.code(problem.status).headers(headers).send(problem);
  });
  installGuards(app, {
    authenticate: async ({ headers }) => {
      if (headers.authorization === "foreign") return { ...office, workspace: anId(0x2) };
      return headers.authorization === "manager" ? { ...office, role: "manager" } : office;
    },
    answers: store.access,
    clock: () => noon,
    origins: [],
  });
  const commands = createCommands({
    store,
    clock: () => noon + made,
    checkContent: openContentCheck(),
  });
  const newId = () => anId(0x500 + ++made);
  registerCampaigns(app, { store, commands, newId, clock: () => noon + made });
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [
      { kind: "account", id: anAccount().id, doc: anAccount() },
      { kind: "audience", id: anAudience().id, doc: anAudience() },
    ],
    activity: null,
    now: noon,
  });
});

const complete = {
  name: "Spring offer",
  type: "sms",
  content: { text: "Hello" },
  audienceId: anAudience().id,
  accountId: anAccount().id,
};

async function call(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path = "",
  payload?: object,
  authorization = "office",
) {
  const url = `/api/v1/campaigns${path}`;
  const answer = await app.inject({
    method,
    url,
    headers: { authorization },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
}

async function create(fields: object = {}): Promise<CampaignAnswer> {
  const { status, body } = await call("POST", "", { ...complete, ...fields });
  expect(status).toBe(201);
  return v.parse(campaignAnswer, body);
}

describe("campaigns over REST", () => {
  test("a draft is made, read, changed, copied and removed", async () => {
    const { id } = await create({ content: {} });
    expect((await call("GET", `/${id}`)).body).toMatchObject({
      id,
      phase: "draft",
      number: 1001,
      createdAt: "2026-11-21T12:00:00.001Z",
    });
    const changed = await call("PATCH", `/${id}`, { name: "Summer", content: { text: "Hi" } });
    expect(changed).toMatchObject({ status: 200, body: { name: "Summer", phase: "pending" } });
    const copy = await call("POST", `/${id}/duplicate`);
    expect(copy).toMatchObject({ status: 201, body: { name: "Copy of Summer", number: 1002 } });
    expect(await call("DELETE", `/${id}`)).toEqual({ status: 204, body: null });
    expect((await call("GET", `/${id}`)).status).toBe(404);
  });

  test("the list is newest first, filtered, and read page by page", async () => {
    for (const name of ["one", "two", "three"]) await create({ name });
    await create({ name: "a draft", audienceId: null });
    const first = v.parse(campaignPage, (await call("GET", "?phase=pending&limit=2")).body);
    expect(first.items.map(({ name }) => name)).toEqual(["three", "two"]);
    const rest = await call("GET", `?phase=pending&limit=2&cursor=${first.next}`);
    expect(rest.body).toMatchObject({ items: [{ name: "one" }], next: null });
    expect((await call("GET", "?type=email")).body).toEqual({ items: [], next: null });
  });

  test("sending reviews what is there, and a second time is refused with the reason", async () => {
    const { id } = await create();
    expect(await call("POST", `/${id}/send`, {})).toMatchObject({
      status: 200,
      body: { phase: "preparing", launchedAt: expect.any(String) },
    });
    expect(await call("POST", `/${id}/send`, {})).toMatchObject({
      status: 409,
      body: { type: "/docs/errors#already_sent", detail: expect.stringContaining("preparing") },
    });
    expect(await call("PATCH", `/${id}`, { name: "x" })).toMatchObject({ status: 409 });
  });

  test("sending what is incomplete names the field", async () => {
    const { id } = await create({ audienceId: null });
    expect(await call("POST", `/${id}/send`)).toMatchObject({
      status: 422,
      body: { type: "/docs/errors#incomplete", field: "audienceId" },
    });
  });

  test("what cannot be written for anybody is not sent, and the part is named", async () => {
    const { id } = await create({ content: { text: "Hello {{ first_name" } });
    const refused = {
      status: 422,
      body: {
        type: "/docs/errors#invalid",
        field: "content.text",
        detail: expect.stringContaining("Line 1"),
      },
    };
    expect(await call("POST", `/${id}/send`)).toMatchObject(refused);
    const schedule = { at: "2026-12-24T09:00:00Z", zone: "UTC" };
    expect(await call("POST", `/${id}/schedule`, schedule)).toMatchObject(refused);
    expect((await call("GET", `/${id}`)).body).toMatchObject({ phase: "pending" });
    await call("PATCH", `/${id}`, { content: { text: "Hello {{ first_name }}" } });
    expect(await call("POST", `/${id}/send`)).toMatchObject({ status: 200 });
  });

  test("planning, unplanning, pausing, resuming, canceling", async () => {
    const { id } = await create();
    const at = "2026-12-01T09:00:00+01:00";
    expect(await call("POST", `/${id}/schedule`, { at, zone: "Europe/Paris" })).toMatchObject({
      status: 200,
      body: {
        phase: "scheduled",
        schedule: { at: "2026-12-01T08:00:00.000Z", zone: "Europe/Paris", ifLate: "hold" },
      },
    });
    expect((await call("POST", `/${id}/unschedule`)).body).toMatchObject({ phase: "pending" });
    expect(await call("POST", `/${id}/pause`)).toMatchObject({
      status: 409,
      body: { type: "/docs/errors#illegal_move" },
    });
    await call("POST", `/${id}/send`);
    expect((await call("POST", `/${id}/pause`)).body).toMatchObject({
      phase: "paused",
      pauseReason: "user",
    });
    expect((await call("POST", `/${id}/resume`)).body).toMatchObject({ phase: "preparing" });
    expect((await call("POST", `/${id}/cancel`)).body).toMatchObject({
      phase: "canceled",
      completedAt: expect.any(String),
    });
  });

  test("S3-04 a time without a zone of its own is meant as clocks in the schedule's zone show it", async () => {
    const { id } = await create();
    const wall = "2097-07-01T09:00";
    expect(await call("POST", `/${id}/schedule`, { at: wall, zone: "Europe/Paris" })).toMatchObject(
      {
        status: 200,
        body: { schedule: { at: "2097-07-01T07:00:00.000Z", wall, zone: "Europe/Paris" } },
      },
    );
    expect(
      await call("POST", `/${id}/schedule`, { at: wall, zone: "Europe/Atlantis" }),
    ).toMatchObject({ status: 422, body: { type: "/docs/errors#invalid", field: "zone" } });
  });

  test("a moment in the past, and one that is no time, are refused at their field", async () => {
    const { id } = await create();
    expect(await call("POST", `/${id}/schedule`, { at: "2020-01-01T00:00:00Z" })).toMatchObject({
      status: 422,
      body: {
        type: "/docs/errors#schedule_in_past",
        field: "at",
        detail: "The planned time, 2020-01-01T00:00:00.000Z, has passed.",
      },
    });
    for (const at of ["tomorrow", "2097-02-30T09:00:00Z"]) {
      expect(await call("POST", `/${id}/schedule`, { at })).toMatchObject({
        status: 422,
        body: { type: "/docs/errors#invalid", field: "at" },
      });
    }
  });

  test("wrong types, unknown fields and unknown channels are refused at their field", async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ ...complete, name: 7 }, "name"],
      [{ ...complete, colour: "red" }, "colour"],
      [{ ...complete, type: "line" }, "type"],
      [{ ...complete, content: { html: 1 } }, "content.html"],
    ];
    for (const [payload, field] of cases) {
      expect(await call("POST", "", payload)).toMatchObject({ status: 422, body: { field } });
    }
  });

  test("an id of another workspace answers as one that does not exist", async () => {
    const { id } = await create();
    const foreign = await call("POST", `/${id}/send`, {}, "foreign");
    expect(foreign).toEqual(await call("POST", `/${aCampaign().id}/send`, {}));
    expect(foreign.status).toBe(404);
  });

  test("a manager may pause, and not send", async () => {
    const { id } = await create();
    expect((await call("POST", `/${id}/send`, {}, "manager")).status).toBe(403);
    await call("POST", `/${id}/send`, {});
    expect((await call("POST", `/${id}/pause`, {}, "manager")).status).toBe(200);
  });
});
