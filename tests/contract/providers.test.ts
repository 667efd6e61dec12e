import { once } from "node:events";
import { provider as sandbox } from "#server/providers/kinds/sandbox.ts";
import { provider as smtp } from "#server/providers/kinds/smtp.ts";
import { checkTarget, isPublic } from "#server/providers/targets.ts";
import { provider as webhook } from "#server/providers/kinds/webhook.ts";
import { sign } from "#server/receipts/signature.ts";
import { SMTPServer } from "smtp-server";
import { expect, test } from "vitest";
import { answering, RogueCarrier } from "../support/delivery/rogue-carrier.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { aMessage, providerContract, type OtherSide } from "./provider-contract.ts";

providerContract(sandbox, async () => ({
  settings: { latencyMs: 0, failurePercent: 0, unconfirmedPercent: 0 },
  wrongSettings: { settings: { failurePercent: 120 }, field: "failurePercent" },
  received: () => null,
  close: async () => undefined,
}));

function smtpError(code: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode: code });
}

type Luck = "accept" | "refuse" | "delay" | "lose";

providerContract(webhook, async (): Promise<OtherSide> => {
  let luck: Luck = "accept";
  const take = (): Luck => {
    const now = luck;
    luck = "accept";
    return now;
  };
  let isLost = false;
  const sink = await WebhookSink.open({
    status: () => {
      const now = take();
      isLost = now === "lose";
      return now === "refuse" ? 422 : now === "delay" ? 429 : 200;
    },
    cuts: () => isLost,
  });
  return {
    settings: { url: sink.url },
    wrongSettings: { settings: { url: "ftp://example.org" }, field: "url" },
    deadSettings: { url: "http://127.0.0.1:9/nobody" },
    refuseNext: () => (luck = "refuse"),
    delayNext: () => (luck = "delay"),
    loseNext: () => (luck = "lose"),
    received: () =>
      [...sink.effects.values()].map(({ to, content }) => ({ to, text: content.text })),
    close: () => sink.close(),
  };
});

providerContract(smtp, async (): Promise<OtherSide> => {
  let luck: Luck = "accept";
  const mails: { to: string; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (_address, _session, answer) => {
      if (luck === "refuse") answer(smtpError(550, "5.1.1 no such mailbox"));
      else if (luck === "delay") answer(smtpError(451, "4.3.0 try again later"));
      else answer();
      if (luck !== "lose") luck = "accept";
    },
    onData: (stream, session, answer) => {
      let text = "";
      stream.on("data", (part: Buffer) => (text += part.toString()));
      stream.on("end", () => {
        const to = session.envelope.rcptTo[0]?.address ?? "";
        mails.push({ to, text: text.split("\r\n\r\n").slice(1).join("\r\n\r\n").trim() });
        if (luck === "lose") for (const socket of sockets) socket.destroy();
        else answer();
        luck = "accept";
      });
    },
  });
  const sockets = new Set<{ destroy(): unknown }>();
  server.server.on("connection", (socket) => sockets.add(socket));
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const settings = { host: "127.0.0.1", port, from: "Shop <shop@example.org>" };
  return {
    settings,
    wrongSettings: { settings: { ...settings, from: "nobody" }, field: "from" },
    deadSettings: { ...settings, port: 9 },
    refuseNext: () => (luck = "refuse"),
    delayNext: () => (luck = "delay"),
    loseNext: () => (luck = "lose"),
    received: () => mails,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close(() => undefined);
    },
  };
});

test.each([
  ["450 4.7.1 greylisted, see you in a minute", { reason: "rate_limited", by: "domain" }],
  ["451 Greylisting in action", { reason: "rate_limited", by: "domain" }],
  ["452 4.3.1 the disk is full", { reason: "provider_error" }],
])("what a mail host says of its own domain is told from the way there: %s", async (line, told) => {
  const [status = "", ...words] = line.split(" ");
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: (_address, _session, answer) => answer(smtpError(Number(status), words.join(" "))),
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const address = server.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const carrier = smtp.open(
    { host: "127.0.0.1", port, from: "Shop <shop@example.org>" },
    { clock: () => 5_000, privateTargets: true, callbackUrl: "http://x/", concurrency: 1 },
  );
  const outcome = await carrier.send(aMessage());
  expect(outcome).toMatchObject({ outcome: "later", code: status, ...told });
  expect("by" in outcome).toBe("by" in told);
  await carrier.close();
  server.close(() => undefined);
});

test("a webhook is signed with its secret, and carries its key as Idempotency-Key", async () => {
  const sink = await WebhookSink.open();
  const carrier = webhook.open(
    { url: sink.url, secret: "s" },
    { clock: () => 5_000, privateTargets: true, callbackUrl: "http://x/", concurrency: 1 },
  );
  const { key, to, channel, content, headers } = aMessage();
  await carrier.send(aMessage());
  const body = JSON.stringify({ key, to, channel, content, headers, callbackUrl: "http://x/" });
  expect(sink.headers[0]).toMatchObject({
    "idempotency-key": key,
    "fieldcast-signature": sign("s", body, 5),
  });
  await carrier.close();
  await sink.close();
});

test.each([
  [{}, "takes messages, nor that it acts once on a repeated Idempotency-Key."],
  [{ ignoresKeys: true }, "takes messages."],
  [{ ignoresKeys: true, secret: "s" }, "takes messages and trusts the signature."],
])(
  "a look at a webhook posts nothing, and says what it does not prove: %j",
  async (more, words) => {
    const sink = await WebhookSink.open();
    const carrier = webhook.open(
      { url: sink.url, ...more },
      { clock: () => 5_000, privateTargets: true, callbackUrl: "http://x/", concurrency: 1 },
    );
    expect(await carrier.check()).toEqual({
      ok: true,
      value: `${new URL(sink.url).host} answers. Nothing was posted, so this does not prove that it ${words}`,
    });
    expect(sink.effects.size).toBe(0);
    await carrier.close();
    await sink.close();
  },
);

test.each([
  ["a time in seconds", "7", 7_000],
  ["a date", "Sat, 21 Nov 2026 10:00:30 GMT", 30_000],
  ["a date that is over", "Sat, 21 Nov 2026 09:00:00 GMT", 0],
  ["more than an hour", "99999999", 3_600_000],
  ["a year from now", "Sun, 21 Nov 2027 10:00:00 GMT", 3_600_000],
  ["less than nothing", "-1", null],
  ["no time at all", "soon", null],
])("S3-27 a webhook that asks for later with %s", async (_, value, afterMs) => {
  const rogue = await RogueCarrier.open(() => answering(429, "{}", { "retry-after": value }));
  const carrier = webhook.open(
    { url: rogue.url },
    {
      clock: () => Date.parse("2026-11-21T10:00:00Z"),
      privateTargets: true,
      callbackUrl: "http://x/",
      concurrency: 1,
    },
  );
  expect(await carrier.send(aMessage())).toMatchObject({ outcome: "later", afterMs });
  await carrier.close();
  await rogue.close();
});

test("S3-27 a webhook that fails and says when to come again is believed", async () => {
  const rogue = await RogueCarrier.open(() => answering(503, "{}", { "retry-after": "7" }));
  const deps = { clock: Date.now, privateTargets: true, callbackUrl: "http://x/", concurrency: 1 };
  const carrier = webhook.open({ url: rogue.url }, deps);
  expect(await carrier.send(aMessage())).toMatchObject({ outcome: "unknown", afterMs: 7_000 });
  await carrier.close();
  await rogue.close();
});

test("the sandbox refuses and reports the same messages at every start, and asks for no memory", async () => {
  const deps = { clock: Date.now, privateTargets: false, callbackUrl: "", concurrency: 10 };
  const parsed = sandbox.parse({ latencyMs: 0, failurePercent: 30, receiptDelayMs: 1_000 });
  if (!parsed.ok) throw new Error(parsed.error.detail);
  const keys = Array.from({ length: 400 }, (_, n) => `key${n}`);
  const tell = async (): Promise<string> => {
    const carrier = sandbox.open(parsed.value, deps);
    const answers = await Promise.all(keys.map((key) => carrier.send(aMessage({ key }))));
    const asked = keys.map((key) => ({ key, to: "", state: "submitted", since: 1_000 }) as const);
    const receipts = await carrier.ask?.(asked, 10_000);
    return JSON.stringify([answers, receipts]);
  };
  const story = await tell();
  expect(await tell()).toBe(story);
  const refused = story.split('"refused"').length - 1;
  const undelivered = story.split('"undelivered"').length - 1;
  expect(refused).toBeGreaterThan(30);
  expect(undelivered).toBeGreaterThan(30);
});

test("an answer that the sandbox lost is given to whoever asks again under the same key", async () => {
  const parsed = sandbox.parse({ latencyMs: 0, failurePercent: 0, lostAnswerPercent: 100 });
  if (!parsed.ok) throw new Error(parsed.error.detail);
  const deps = { clock: Date.now, privateTargets: false, callbackUrl: "", concurrency: 10 };
  const carrier = sandbox.open(parsed.value, deps);
  expect(await carrier.send(aMessage())).toMatchObject({ outcome: "unknown" });
  expect(await carrier.send(aMessage())).toMatchObject({ outcome: "accepted" });
});

test.each([
  "http://127.0.0.1/x",
  "https://127.0.0.1/x",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://0177.0.0.1/",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://0.0.0.0/",
  "https://169.254.169.254/latest/meta-data",
  "https://10.1.2.3/",
  "https://192.168.0.1/",
  "https://[fd00::1]/",
  "https://[fe80::1]/",
  "https://example.org:22/",
  "http://example.org/",
])("%s is not called where private targets are closed", (url) => {
  expect(checkTarget(url, false)).toMatchObject({ ok: false, error: { forbidden: true } });
});

test("addresses with a user in them are never taken", () => {
  expect(checkTarget("https://user:pass@example.org/", true).ok).toBe(false);
});

test("public addresses are", () => {
  expect(checkTarget("https://example.org/hook?x=1", false).ok).toBe(true);
  expect(isPublic("93.184.216.34")).toBe(true);
});
