import { expect, test } from "vitest";
import { createLog, redact } from "./log.ts";

const planted = [
  "ana.lopez+field@example.com",
  "ANA@SUB.EXAMPLE.ORG",
  "ana%40example.com",
  "+84 912 345 678",
  "+84912345678",
  "0912345678",
  "+1 (555) 010-9999",
];

test.each(planted)("leaves nothing of %s in a line, wherever it stood", (address) => {
  const lines: string[] = [];
  const log = createLog("trace", { write: (line) => void lines.push(line) });
  const error = new Error(`550 5.1.1 <${address}>: user unknown`);
  error.cause = new Error(`to ${address}`);
  log.info({ to: address, deep: { list: [address] } }, `sent to ${address}.`);
  log.error(error, "the provider refused");
  log.warn({ err: error, url: `/api/v1/contacts?q=${address}` });
  expect(lines).toHaveLength(3);
  expect(lines.join("")).not.toContain(address);
  expect(lines.join("")).toMatch(/\[(e-mail|phone)\]/);
});

test("leaves secrets out", () => {
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  log.info({
    password: "hunter2hunter2",
    headers: { authorization: "Bearer fc_planted", cookie: "a=planted" },
  });
  log.info({ settings: { smtp: { password: "planted" } } });
  expect(lines.join("")).not.toMatch(/hunter2|planted/);
});

test.each([
  '{"time":1763754000000,"pid":4711}',
  "0199aa11-2233-7444-8555-666677778888",
  "took 1234567.89 ms",
  "listening on 127.0.0.1:3000",
])("leaves %s as it is", (line) => {
  expect(redact(line)).toBe(line);
});
