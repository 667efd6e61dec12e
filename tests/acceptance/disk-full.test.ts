// The disk of the real server is full while campaigns go out: sending stands still, what writes is
// told so, what reads still works; with space again everything goes on by itself and nobody was
// lost or written to twice.
import { afterEach, describe, expect, test } from "vitest";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { everybody, reportWhen, send, webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";
import { smallDisks, type SmallDisk } from "../support/small-disk.ts";

const people = 800;
/** More of them than a disk could take that has no room. */
const largeWrites = 500;
/** What is promised of sending once there is space again. */
const goesOnWithinMs = 10_000;

let server: RealServer | null = null;
let sink: WebhookSink | null = null;
let disk: SmallDisk | null = null;

afterEach(async () => {
  await sink?.close();
  await server?.close();
  disk?.remove();
  server = sink = disk = null;
});

interface Campaign {
  readonly id: string;
  readonly phase: string;
  readonly pauseReason: string | null;
}

describe.each(Object.entries(smallDisks))("where there is no room for %s", (_, openDisk) => {
  test(
    "sending stands still and writing is refused; with space it goes on by itself within ten seconds, to everybody once",
    { timeout: 240_000 },
    async () => {
      disk = openDisk();
      server = await RealServer.openIn(disk.dataDir, disk.env);
      sink = await WebhookSink.open({ reports: true });
      const { calls } = sink;
      const api = await RestClient.setUp(server);
      const emails = Array.from({ length: people }, (__, n) => `p${n}@example.org`);
      const audience = await everybody(api, emails);
      const limits = { perSecond: 120, concurrency: 10 };
      const account = await webhookAccount(api, sink.url, { limits });
      const first = await send(api, audience, account, "First");
      await waitFor(
        async () => calls.size,
        (n) => n >= 100,
      );

      await disk.fill();
      // Its recipients would need more room than there is.
      const second = await send(api, audience, account, "Second").catch((error: Error) => error);
      const stoodAt = await standingStill(server, () => calls.size);
      expect(stoodAt).toBeLessThan(people);
      const { phase, pauseReason } = await api.get<Campaign>(`/campaigns/${first}`);
      // Where not even a pause can be written, each campaign stands still by itself.
      if (phase === "paused") expect(pauseReason).toBe("disk");
      expect(await refusalOf(api)).toContain("answered 507");
      expect(calls.size).toBe(stoodAt);

      await disk.free();
      await waitFor(
        async () => calls.size,
        (n) => n > stoodAt,
        goesOnWithinMs,
      );
      if (second instanceof Error) await send(api, audience, account, "Again");
      // That an answer found no room for itself does not say that nothing was taken.
      const { items } = await api.get<{ readonly items: readonly Campaign[] }>("/campaigns");
      const launched = items.filter(({ phase: now }) => now !== "pending" && now !== "draft");
      expect(launched.length).toBeGreaterThan(1);
      for (const { id } of launched) {
        const isOver = (await reportWhen(api, id, isCompleted)).counters;
        expect(isOver).toMatchObject({ total: people, delivered: people });
      }
      expect(sink.effects.size).toBe(launched.length * people);
      expect(sink.conflicts).toEqual([]);
      const doctor = await runCli(server.dataDir, "doctor");
      expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
    },
  );
});

function isCompleted({ campaign }: { readonly campaign: { readonly phase: string } }): boolean {
  return campaign.phase === "completed";
}

/** Once it is the same while the server answered so often: what it is then. A busy machine holds up both. */
async function standingStill({ url }: RealServer, look: () => number): Promise<number> {
  let seen = { value: look(), answers: 0 };
  await waitFor(
    async () => {
      await (await fetch(`${url}/health`)).arrayBuffer();
      const value = look();
      seen = { value, answers: value === seen.value ? seen.answers + 1 : 0 };
      return seen.answers;
    },
    (answers) => answers > 30,
    90_000,
  );
  return seen.value;
}

/** Writes until it is refused: what it was told. */
async function refusalOf(api: RestClient): Promise<string> {
  const text = "x".repeat(60_000);
  for (let n = 0; n < largeWrites; n++) {
    const campaign = { name: `Large ${n}`, type: "email", content: { subject: "Hi", text } };
    try {
      await api.post("/campaigns", campaign);
    } catch (error) {
      return String(error);
    }
  }
  return "everything was taken";
}
