import { afterEach, beforeEach, expect, test } from "vitest";
import { aCampaign, seedDocuments } from "../../tests/support/delivery/world.ts";
import { openTestApp, type TestApp } from "../../tests/support/test-app.ts";

let server: TestApp;

beforeEach(async () => {
  server = await openTestApp();
});

afterEach(() => server.close());

test.each(["/health", "/api/v1/health"])("tells anyone at %s that it works", async (url) => {
  const answer = await server.nobody(url);
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: "ok" }]);
  expect(answer.headers["cache-control"]).toBe("no-store");
});

test("tells what an operator should look at, and still that it works", async () => {
  server.wait(8 * 86_400_000);
  const answer = await server.nobody("/health");
  expect(answer.json()).toEqual({ status: "ok", warnings: ["backup_old", "engine_still"] });
});

test("measures all that waits for Prometheus, with nothing of any workspace in it", async () => {
  await server.setUp();
  const answer = await server.nobody("/metrics");
  expect(answer.statusCode).toBe(200);
  const names = [...answer.body.matchAll(/^# TYPE (fieldcast_\w+)/gm)].map(([, name]) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "fieldcast_campaigns",
      "fieldcast_messages_waiting",
      "fieldcast_oldest_unsent_seconds",
      "fieldcast_timers",
      "fieldcast_timers_late_seconds",
      "fieldcast_chunks",
      "fieldcast_receipts_due",
      "fieldcast_receipts_late_seconds",
      "fieldcast_receipts_unmatched",
      "fieldcast_notices_waiting",
      "fieldcast_notices_late_seconds",
      "fieldcast_watches",
      "fieldcast_watches_late_seconds",
      "fieldcast_outcomes_unnoted",
      "fieldcast_mailboxes_failing",
      "fieldcast_mailboxes_unread_seconds",
      "fieldcast_reports_due",
      "fieldcast_reports_late_seconds",
      "fieldcast_illegal_evidence",
      "fieldcast_rollups_unflushed",
      "fieldcast_store_queue",
      "fieldcast_engine_step_age_seconds",
      "fieldcast_engine_failed_steps",
      "fieldcast_campaigns_stuck",
      "fieldcast_disk_free_bytes",
      "fieldcast_backup_age_seconds",
      "fieldcast_doctor_findings",
      "fieldcast_health_warnings",
      "fieldcast_live_devices",
      "fieldcast_nodejs_eventloop_lag_seconds",
      "fieldcast_process_resident_memory_bytes",
    ]),
  );
  expect(answer.body).toContain('fieldcast_messages_waiting{state="queued"} 0');
  expect(answer.body).toContain("fieldcast_notices_waiting 0");
  expect(answer.body).toMatch(/fieldcast_disk_free_bytes [1-9]/);
  expect(answer.body).not.toContain("Acme");
});

test("a scrape tells what is, however soon after another one", async () => {
  await server.setUp();
  const scheduled = async () => {
    const { body } = await server.nobody("/metrics");
    return /^fieldcast_campaigns\{phase="scheduled"\} (\d+)$/m.exec(body)?.[1];
  };
  expect(await scheduled()).toBeUndefined();
  await seedDocuments(server.store, { campaign: aCampaign({ phase: "scheduled" }) });
  expect(await scheduled()).toBe("1");
  const together = await Promise.all([scheduled(), scheduled(), scheduled()]);
  expect(together).toEqual(["1", "1", "1"]);
});
