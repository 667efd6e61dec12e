// Remarks on the moments of a campaign, over the API: the same ones that devices show and write.
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

const remarks = v.object({
  items: v.array(
    v.object({
      id: v.string(),
      at: v.string(),
      text: v.string(),
      by: v.string(),
      writtenAt: v.string(),
    }),
  ),
});

const at = "2026-11-20T09:00:00.000Z";

let it: TestApp;
let ana: Ask;
let office: Ask;
let manager: Ask;
let base: string;

beforeAll(async () => {
  it = await openTestApp();
  ana = await it.setUp();
  office = await it.person(ana, "office");
  manager = await it.person(ana, "manager");
  const made = await ana("/api/v1/campaigns", {
    method: "POST",
    body: { name: "Spring", type: "email" },
  });
  base = `/api/v1/campaigns/${String(made.json().id)}/remarks`;
});

afterAll(() => it.close());

async function listed(): Promise<v.InferOutput<typeof remarks>["items"]> {
  const answer = await ana(base);
  expect(answer.statusCode).toBe(200);
  return v.parse(remarks, answer.json()).items;
}

test("[S55] a remark is written, read, changed and removed over the API; its author stays", async () => {
  const made = await manager(base, { method: "POST", body: { at, text: " Rain in the north " } });
  expect(made.statusCode).toBe(201);
  const { id, by, writtenAt } = made.json();
  expect(await listed()).toEqual([{ id, at, text: "Rain in the north", by, writtenAt }]);

  const changed = await office(`${base}/${id}`, { method: "PATCH", body: { text: "Hail" } });
  expect(changed.statusCode).toBe(200);
  expect(changed.json()).toEqual({ id, at, text: "Hail", by, writtenAt });

  const earlier = "2026-11-19T09:00:00.000Z";
  const second = await office(base, { method: "POST", body: { at: earlier, text: "A fair" } });
  expect((await listed()).map(({ text }) => text)).toEqual(["A fair", "Hail"]);

  // A manager reads and remarks; what others wrote is theirs.
  const theirs = `${base}/${String(second.json().id)}`;
  const refusal = await manager(theirs, { method: "PATCH", body: { text: "Snow" } });
  expect(refusal.statusCode).toBe(403);
  expect((await manager(theirs, { method: "DELETE" })).statusCode).toBe(403);

  expect((await manager(`${base}/${id}`, { method: "DELETE" })).statusCode).toBe(204);
  expect((await listed()).map(({ text }) => text)).toEqual(["A fair"]);
  expect((await manager(`${base}/${id}`, { method: "DELETE" })).statusCode).toBe(404);
});

test("a remark without words, too long or without a moment is refused with its field", async () => {
  for (const [body, field] of [
    [{ at, text: " " }, "text"],
    [{ at, text: "x".repeat(301) }, "text"],
    [{ at: "yesterday", text: "Rain" }, "at"],
  ] as const) {
    const answer = await ana(base, { method: "POST", body });
    expect(answer.json()).toMatchObject({ field });
    expect(answer.statusCode).toBe(422);
  }
});
