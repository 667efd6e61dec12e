// What was sent never changes, and nothing waits on the server (I7).
import { contentHash, type Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { State } from "./truth.ts";
import { Violation } from "./violation.ts";

/** The phases before anything goes out. */
const planned: ReadonlySet<Campaign["phase"]> = new Set(["draft", "pending", "scheduled"] as const);

export class SentCampaigns {
  /** What each said when it went out. */
  readonly #launched = new Map<Id, string>();
  /** Texts of campaigns that were looked at. */
  readonly #seen = new Set<string>();

  /** A restored server may send again what it forgot. */
  forget(): void {
    for (const forgotten of [this.#launched, this.#seen]) forgotten.clear();
  }

  check(state: State): void {
    for (const [key, text] of state) {
      if (!key.startsWith("campaign:") || this.#seen.has(text)) continue;
      this.#seen.add(text);
      this.#checkOne(JSON.parse(text));
    }
  }

  #checkOne(campaign: Campaign): void {
    if (campaign.waiting !== null) throw new Violation("I7", `${campaign.id} waits on the server`);
    if (campaign.launchedAt === null) return;
    if (planned.has(campaign.phase)) {
      throw new Violation("I7", `${campaign.id} was sent and is ${campaign.phase} again`);
    }
    const hash = contentHash(campaign);
    const launched = this.#launched.get(campaign.id) ?? hash;
    this.#launched.set(campaign.id, hash);
    // While it stands still, who is still queued may be given another text (S2-51).
    if (launched !== hash && campaign.phase !== "paused")
      throw new Violation("I7", `${campaign.id} changed after it was sent`);
  }
}
