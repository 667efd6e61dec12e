// Whatever comes in from outside: nothing throws out of its handler, and nothing that was not
// signed counts. Seeds are fixed, so that a run can be repeated; FUZZ_RUNS and FUZZ_SEED make a
// longer one, and another one.
import { createHmac, randomUUIDv7 } from "node:crypto";
import { toJsonSchema, type JsonSchema } from "@valibot/to-json-schema";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import fc from "fast-check";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { messageStates } from "#domain/message/state.ts";
import { reasons } from "#domain/message/reason.ts";
import { describeApi } from "#server/http/openapi.ts";
import { routesOf, type RouteFacts } from "#server/http/route.ts";
import { isCode } from "#domain/campaign/trigger.ts";
import { createCodeReader, type CodeLine } from "#domain/codes/read-codes.ts";
import { mergeScope } from "#domain/message/template.ts";
import { openTemplates } from "#server/delivery/templates.ts";
import { createTableReader } from "#domain/audience/table-reader.ts";
import { liveDown } from "#protocol/down.ts";
import { liveUp } from "#protocol/up.ts";
import { fewAtOnce } from "#server/live/few-at-once.ts";
import { createHub } from "#server/live/hub.ts";
import { createDevices } from "#server/access/devices.ts";
import { createPuller } from "#server/live/pull.ts";
import { createSession } from "#server/live/session.ts";
import type { SharedPage } from "#server/live/shared-page.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { createKeys } from "#server/providers/keys.ts";
import { createLeaveLinks } from "#server/providers/leave-links.ts";
import { readWebhookReceipts } from "#server/receipts/webhook.ts";
import { anyJson, likeSchema, oddTexts } from "../support/fuzz/json.ts";
import { openTestApp, publicUrl, type Ask, type TestApp } from "../support/test-app.ts";

vi.setConfig({ testTimeout: 180_000 });

const factor = Number(process.env["FUZZ_RUNS"] ?? 1);
const seed = Number(process.env["FUZZ_SEED"] ?? 1);
const runs = (numRuns: number) => ({ numRuns: numRuns * factor, seed });

const now = Date.parse("2026-11-21T10:00:00Z");

function letterOf(alphabet: string): fc.Arbitrary<string> {
  return fc.constantFrom(...Array.from(alphabet));
}

function mostly(right: fc.Arbitrary<unknown>, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: odd });
}

describe("receipts", () => {
  const secret = "sink secret";
  const date = fc.date({ noInvalidDate: true }).map((each) => each.toISOString());
  const nearlyDate = fc.string({ unit: letterOf("0123456789-T:.Z+") });
  const receipt = fc.record(
    {
      key: mostly(fc.string({ maxLength: 40 }), fc.constantFrom(...oddTexts)),
      state: mostly(fc.constantFrom(...messageStates, "complained"), fc.string()),
      at: mostly(date, fc.oneof(fc.constantFrom(...oddTexts), nearlyDate)),
      reason: mostly(fc.constantFrom(...reasons), fc.string()),
      code: mostly(fc.string(), anyJson),
      words: mostly(fc.string({ unit: "binary" }), anyJson),
    },
    { requiredKeys: ["key", "state"] },
  );
  const body = fc.oneof(
    receipt.map((each) => JSON.stringify(each)),
    fc.array(receipt, { maxLength: 5 }).map((list) => JSON.stringify({ receipts: list })),
    anyJson.map((each) => JSON.stringify(each)),
    fc.string({ unit: "binary" }),
  );

  test("signed, whatever they say: read or refused, and only with times and states of ours", () => {
    let read = 0;
    fc.assert(
      fc.property(body, (text) => {
        const seconds = now / 1_000;
        const digest = createHmac("sha256", secret).update(`${seconds}.${text}`).digest("hex");
        const signature = `t=${seconds},v1=${digest}`;
        const result = readWebhookReceipts({ body: text, signature, now }, { secret });
        if (!result.ok) expect(result.error.type).toBe("malformed");
        else
          for (const { at, state } of result.value.receipts) {
            read += 1;
            expect(at).toBeLessThanOrEqual(now);
            expect(messageStates).toContain(state);
          }
      }),
      runs(50_000),
    );
    expect(read).toBeGreaterThan(500);
  });

  test("unsigned, or signed by somebody else: never read", () => {
    const signature = fc.oneof(
      fc.string(),
      fc.constantFrom("t=1763719200,v1=", `t=1763719200,v1=${"0".repeat(64)}`, "v1=,t="),
      fc.string({ unit: letterOf("0123456789abcdef"), minLength: 64, maxLength: 64 }),
    );
    fc.assert(
      fc.property(body, fc.option(signature, { nil: undefined }), (text, signed) => {
        const result = readWebhookReceipts({ body: text, signature: signed, now }, { secret });
        expect(result).toEqual({ ok: false, error: { type: "unsigned" } });
      }),
      runs(50_000),
    );
  });
});

describe("the live stream", () => {
  test("hears anything, and answers in its own words or closes", async () => {
    const store = openInlineStore(":memory:");
    let time = now;
    const clock = () => time;
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const puller = createPuller({ store, clock });
    const hub = createHub({ store, puller, clock, onError });
    const known = ["hello", "ack", "ping", "pace", "org", "team", "roll", randomUUIDv7()];
    const shape = toJsonSchema(liveUp, { errorMode: "ignore", typeMode: "input" });
    const frame = fc.oneof(
      { weight: 9, arbitrary: likeSchema(shape, known).map((each) => JSON.stringify(each)) },
      { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    );
    const said: string[] = [];
    const last = 424_242;
    let closed = 0;
    const wire = {
      bufferedAmount: 0,
      send: (text: string) => void said.push(text),
      pass: ({ naming }: SharedPage) => void said.push(naming("passed")),
      close: () => void (closed += 1),
    };
    const devices = createDevices({ store, clock, endSession: async () => undefined });
    const holder = { workspace: randomUUIDv7(), user: "u", access: defaultAccessSettings };
    const inTurn = fewAtOnce(8);
    const deps = { hub, puller, devices, clock, onError, userAgent: "", inTurn };
    const session = createSession(deps, holder, wire);
    for (const text of fc.sample(frame, runs(10_000))) {
      time += 1_000;
      session.hear(text);
    }
    // They are answered in their order.
    session.hear(JSON.stringify({ t: "ping", n: last }));
    await vi.waitFor(() => expect(said.at(-1)).toContain(String(last)));
    session.leave();
    hub.close();
    await store.close();
    expect(errors).toEqual([]);
    for (const each of said) expect(v.is(liveDown, JSON.parse(each))).toBe(true);
    expect(said.length).toBeGreaterThan(100);
    expect(closed).toBeGreaterThan(100);
  });
});

/** Everything that was read, or what was wrong. */
function readIn(file: Uint8Array, size: number): unknown {
  const reader = createTableReader((encoding) => new TextDecoder(encoding));
  const rows: unknown[] = [];
  for (let at = 0; at < file.length; at += size) {
    const read = reader.push(file.subarray(at, at + size));
    if (!read.ok) return read.error;
    rows.push(...read.value);
  }
  const rest = reader.end();
  return rest.ok ? { heading: reader.heading(), rows: [...rows, ...rest.value] } : rest.error;
}

describe("files of contacts", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .array(fc.constantFrom("a", "é", '"', ",", ";", "\t", "\n", "\r", "sep=;", "\uFEFF", "\0"), {
        maxLength: 60,
      })
      .map((parts) => Buffer.from(parts.join(""), "utf8")),
  );

  test("of any bytes are read or refused, and nothing throws", () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 50 }), (file, size) => {
        expect(readIn(file, size)).toBeTruthy();
      }),
      runs(50_000),
    );
  });
});

describe("files of codes", () => {
  const file = fc.string({ unit: letterOf('AB1-#;,\t\n\r"\uFEFF\0é '), maxLength: 120 });

  test("of any text are read, in whatever parts they come, and what fits is a code", () => {
    fc.assert(
      fc.property(file, fc.nat({ max: 120 }), (text, at) => {
        const whole = codesIn([text]);
        expect(codesIn([text.slice(0, at), text.slice(at)])).toEqual(whole);
        for (const { code, fits } of whole) if (fits) expect(isCode(code)).toBe(true);
      }),
      runs(50_000),
    );
  });
});

function codesIn(parts: readonly string[]): readonly CodeLine[] {
  const reader = createCodeReader();
  return [...parts.flatMap((part) => reader.push(part)), ...reader.end()];
}

describe("templates", () => {
  const piece = fc.oneof(
    fc.constantFrom("{{", "}}", "{%", "%}", "{{-", "|", ".", "[", "]", "'", '"', "\n", " ", "<b>"),
    fc.constantFrom("first_name", "__proto__", "constructor", "prototype", "toString", "fields"),
    fc.constantFrom(
      "if",
      "endif",
      "for",
      "in",
      "(1..9)",
      "endfor",
      "assign x =",
      "default:",
      "raw",
    ),
    fc.constantFrom(
      "{{ first_name }}",
      "{{ constructor.constructor }}",
      "{% raw %}",
      "{{ x | y }}",
    ),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const source = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(""));

  test("of any text are written or refused, soon, and reach nothing but the contact", () => {
    const templates = openTemplates();
    const scope = mergeScope(someone, { unsubscribeUrl: "https://shop.example/leave" });
    let longest = 0;
    fc.assert(
      fc.property(source, (text) => {
        const before = performance.now();
        const read = templates.read({ subject: text.slice(0, 40), text, html: text });
        const written = read.ok ? read.value.render(scope) : read;
        longest = Math.max(longest, performance.now() - before);
        const said = written.ok ? Object.values(written.value).join("\n") : "";
        expect(said).not.toContain("native code");
      }),
      // Each is three texts: the subject, the text and the HTML.
      runs(17_000),
    );
    // Wide, as it may have met a busy machine.
    expect(longest).toBeLessThan(1_000);
  });
});

const someone = {
  email: "ana@example.org",
  phone: null,
  firstName: "Ana",
  lastName: "Silva",
  country: "PT",
  city: "Porto",
  fields: { points: "120" },
};

describe("what only this server can make", () => {
  const text = fc.oneof(
    fc.constantFrom(...oddTexts),
    fc.string({ unit: "binary" }),
    fc.string({ unit: letterOf("abcdefghijklmnopqrstuvwxyz234567"), maxLength: 40 }),
    fc.string({ unit: letterOf("ABCabc019_-"), minLength: 32, maxLength: 32 }),
  );
  const owner = { workspace: "w", campaignId: "c", distribution: 1, n: 7 };

  test("a key of a message that somebody made up is none", () => {
    const keys = createKeys(Buffer.alloc(32, 7));
    const send = { ...owner, gen: 1, keyForm: "page" as const };
    fc.assert(
      fc.property(text, (made) => {
        const place = keys.read(made);
        if (place !== null) expect(keys.verify(made, { ...send, ...place })).toBe(false);
      }),
      runs(50_000),
    );
    expect(keys.verify(keys.of(send), send)).toBe(true);
  });

  test("a link to leave that somebody made up, or bent, is none", () => {
    const links = createLeaveLinks(Buffer.alloc(32, 7), publicUrl);
    const right = links.urlOf(owner).split("/").at(-1) ?? "";
    const bent = fc
      .tuple(fc.nat({ max: right.length - 1 }), letterOf("AZaz09_-"))
      .map(([at, letter]) => right.slice(0, at) + letter + right.slice(at + 1))
      .filter((made) => made !== right);
    fc.assert(
      fc.property(fc.oneof(text, bent), (made) => {
        const place = links.read(made);
        if (place !== null) expect(links.verify(made, { ...owner, ...place })).toBe(false);
      }),
      runs(50_000),
    );
    expect(links.verify(right, owner)).toBe(true);
  });
});

/** Signing out would end the walk; the second set-up is refused whatever it holds. */
const isWalked = ({ url }: RouteFacts) => !/sign-out|sign-in|set-up/.test(url);

describe("the API", () => {
  let it: TestApp;
  let admin: Ask;
  /** What exists, and may be named. */
  let known: string[];

  beforeAll(async () => {
    it = await openTestApp();
    admin = await it.setUp();
    known = await things(admin);
  });

  afterAll(() => it.close());

  test("answers whatever it is asked with an answer that it knows", async () => {
    const strange: string[] = [];
    const seen = new Map<number, number>();
    const requests = routesOf(it.app)
      .filter(isWalked)
      .flatMap((facts) => requestsTo(facts, known));
    for (const { method, url, body } of requests) {
      const isSent = body !== undefined && method !== "GET" && method !== "DELETE";
      const answer = await admin(url, { method, ...(isSent ? { body } : {}) });
      seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1);
      if (answer.statusCode < 500 || isNewer(answer.statusCode, url)) continue;
      strange.push(`${method} ${url} ${JSON.stringify(body)}: ${answer.statusCode} ${answer.body}`);
    }
    expect(strange).toEqual([]);
    // It got past the first look, and was refused, and did something.
    for (const status of [200, 201, 404, 422]) expect(seen.get(status)).toBeGreaterThan(20);
  });
});

/** A device that says it is newer than the server is told to wait. */
function isNewer(status: number, url: string): boolean {
  return status === 503 && url.startsWith("/sync/");
}

interface Asked {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly body: unknown;
}

const methods = ["GET", "POST", "PATCH", "DELETE"] as const;

function requestsTo(facts: RouteFacts, known: readonly string[]): readonly Asked[] {
  const { url } = facts;
  const method = methods.find((each) => each === facts.method);
  if (method === undefined) throw new Error(`nothing asks ${facts.method}`);
  const path = url.replaceAll(/:(\w+)/g, "{$1}");
  const operation = describeApi([facts], publicUrl).paths[path]?.[facts.method.toLowerCase()];
  const schema = bodySchemaOf(operation?.requestBody);
  const body = schema === undefined ? fc.constant(undefined) : likeSchema(schema, known);
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...oddTexts), fc.string()) },
  );
  const queries = (operation?.parameters ?? []).filter(({ in: place }) => place === "query");
  const query = fc.record(Object.fromEntries(queries.map(({ name }) => [String(name), value])), {
    requiredKeys: [],
  });
  const request = fc.record({ id: value, query, body }).map((parts): Asked => ({
    method,
    url: url.replaceAll(/:\w+/g, () => encoded(parts.id)) + searchOf(parts.query),
    body: parts.body,
  }));
  const times = schema === undefined && queries.length === 0 ? 10 : 100;
  return fc.sample(request, runs(times));
}

function bodySchemaOf(requestBody: Readonly<Record<string, unknown>> | undefined) {
  const found = requestBody as
    { readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>> } | undefined;
  return found?.content?.["application/json"]?.schema;
}

/** Half of a surrogate pair cannot be written into an address at all. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function searchOf(query: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(query).map(([name, each]) => `${name}=${encoded(String(each))}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** One of each, with what names them. */
async function things(admin: Ask): Promise<string[]> {
  const make = async (url: string, body: object): Promise<string> => {
    const answer = await admin(url, { method: "POST", body });
    if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.body}`);
    return answer.json().id;
  };
  const contact = await make("/api/v1/contacts", { email: "cleo@example.org" });
  const audience = await make("/api/v1/audiences", { name: "Everyone", all: true });
  const account = await make("/api/v1/accounts", {
    name: "Sandbox",
    channel: "email",
    provider: "sandbox",
    settings: {},
  });
  const campaign = await make("/api/v1/campaigns", {
    name: "Spring",
    type: "email",
    content: { subject: "Hi", text: "Hello" },
    audienceId: audience,
    accountId: account,
  });
  return [contact, audience, account, campaign, "cleo@example.org", "email", "Spring"];
}
