/** The real engine over a database on disk, its store in threads as in the product. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok } from "#domain/core/result.ts";
import { createEngine, type Engine } from "#server/delivery/engine.ts";
import { openContentCheck, openTemplates } from "#server/delivery/templates.ts";
import { createLeaveLinks } from "#server/providers/leave-links.ts";
import { createTrackedLinks } from "#server/providers/tracked-links.ts";
import type { Carrier } from "#server/providers/provider.ts";
import { createKeys } from "#server/providers/keys.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import type { Store } from "#server/store/store.ts";
import { openFake } from "../../../support/delivery/fake-carrier.ts";
import {
  aCampaign,
  anAccount,
  anAudience,
  seedDocuments,
} from "../../../support/delivery/world.ts";

export interface Bench {
  readonly store: Store;
  /** Of the database. */
  readonly path: string;
  readonly engine: Engine;
  /** Answers the campaign's id. */
  launchAtHome(): Promise<string>;
  close(): Promise<void>;
}

function living(country: string, id = anAudience().id) {
  return anAudience({ id, rule: { kind: "filter", filter: { countries: [country] } } });
}

const limits = { perSecond: null, concurrency: 100 };

/** E-mail, or text messages, which are counted by carrier. */
const documents =
  process.env["BENCH_CHANNEL"] === "sms"
    ? { campaign: aCampaign({ type: "sms" }), account: anAccount({ channel: "sms" }) }
    : {};

/**
 * A campaign to so many people, launched and not begun. Where there are people abroad, too, they are
 * whom it is to, and `launchAtHome` launches one to the others.
 */
export async function openBench(people: number, send: Carrier["send"], abroad = 0): Promise<Bench> {
  const dir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "fieldcast-bench-"));
  const path = join(dir, "bench.db");
  const seed = ["tests/bench/delivery/runs/seed.ts", path, String(people), String(abroad)];
  execFileSync(process.execPath, seed);
  const store = await openThreadedStore(path);
  await seedDocuments(store, abroad === 0 ? documents : { ...documents, audience: living("AT") });
  const carrier: Carrier = {
    send,
    check: async () => ok("It answers."),
    close: async () => undefined,
  };
  const secret = Buffer.alloc(32, 7);
  const engine = createEngine({
    store,
    carriers: { open: async () => openFake(carrier, { limits }) },
    keys: createKeys(secret),
    leaveLinks: createLeaveLinks(secret, "http://localhost:3000"),
    trackedLinks: createTrackedLinks(secret, "http://localhost:3000"),
    templates: openTemplates(),
    checkContent: openContentCheck(),
    clock: Date.now,
    random: Math.random,
    boot: randomUUID(),
    log: { warn: console.warn, error: console.error },
    keyed: ["sandbox"],
  });
  store.onMove(() => engine.wake());
  return {
    store,
    path,
    engine,
    launchAtHome: async () => {
      const id = crypto.randomUUID();
      const audience = living("DE", crypto.randomUUID());
      const { campaign = aCampaign(), ...others } = documents;
      const next = { ...campaign, id, audienceId: audience.id };
      await seedDocuments(store, { ...others, campaign: next, audience });
      engine.wake();
      return id;
    },
    close: async () => {
      await engine.stop();
      await store.close();
      rmSync(dir, { recursive: true });
    },
  };
}
