/**
 * The real server, killed ten times at random moments while it sends 5,000 messages to a
 * carrier that honours keys. Everybody is reached once and accounted for once.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { cli, RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { WebhookSink } from "../../support/delivery/webhook-sink.ts";
import { RealServer } from "../../support/real-server.ts";

const people = 5_000;
const kills = 10;

interface Made {
  readonly id: string;
}

interface Report {
  readonly campaign: { readonly phase: string };
  readonly counters: Readonly<Record<string, number>>;
}

function csv(): string {
  const rows = Array.from({ length: people }, (_, n) => `person${n}@example.org,Name${n},yes`);
  return ["email,first_name,email_consent", ...rows].join("\n");
}

test(
  "a server that is killed ten times while sending reaches everybody once",
  { timeout: 120_000 },
  async () => {
    const sink = await WebhookSink.open({
      latencyMs: 2,
      reports: true,
      cuts: (_message, call) => call % 331 === 0,
      status: (_message, call) => (call % 173 === 0 ? 503 : 200),
    });
    const server = await RealServer.open();
    try {
      const api = await RestClient.setUp(server);
      const started = await api.post<Made>("/contacts/import", csv(), "text/csv");
      await waitFor(
        () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
        ({ state }) => state === "done",
      );
      const audience = await api.post<Made>("/audiences", { name: "Everyone", all: true });
      const account = await api.post<Made>("/accounts", {
        name: "Hook",
        channel: "email",
        provider: "webhook",
        settings: { url: sink.url },
        limits: { perSecond: 600, concurrency: 20 },
      });
      const campaign = await api.post<Made>("/campaigns", {
        name: "Killed",
        type: "email",
        content: { subject: "Hi {{ first_name }}", text: "Hello {{ first_name }}" },
        audienceId: audience.id,
        accountId: account.id,
      });
      await api.post(`/campaigns/${campaign.id}/send`);

      const aliveMs: number[] = [];
      for (let kill = 0; kill < kills; kill++) {
        const ms = 200 + Math.floor(Math.random() * 1_000);
        aliveMs.push(ms);
        await sleep(ms);
        await server.kill();
        await server.start();
      }
      console.log(
        `alive between kills: ${aliveMs.join(", ")} ms; reached by then: ${sink.effects.size}`,
      );

      const report = await waitFor(
        () => api.get<Report>(`/campaigns/${campaign.id}/report`),
        ({ campaign: { phase } }) => phase === "completed" || phase === "paused",
        60_000,
      );
      expect(report.campaign.phase).toBe("completed");
      expect(sink.conflicts).toEqual([]);
      expect(sink.effects.size).toBe(people);
      const reached = [...sink.effects.values()].map(({ to }) => to);
      expect(new Set(reached).size).toBe(people);
      expect(report.counters).toMatchObject({ total: people, delivered: people });
      const exported = await api.text(`/campaigns/${campaign.id}/export.csv`);
      expect(exported.trim().split("\r\n")).toHaveLength(people + 1);
      const repeats = [...sink.calls.values()].filter((calls) => calls > 1).length;
      console.log(`keys called more than once: ${repeats}`);
      expect(await cli(server, "doctor")).toContain("ok");
    } finally {
      await sink.close();
      await server.close();
    }
  },
);
