/** What a launch is counted with beforehand, and for which campaign. */
import type { AudienceRule } from "#domain/audience/audience.ts";
import type { Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Templates } from "#domain/message/template.ts";
import type { Store } from "../store/store.ts";
import type { ShortLinks } from "./carriers.ts";

export interface PreflightDeps {
  readonly store: Pick<Store, "preflight" | "codes" | "budgets"> & {
    readonly delivery: Pick<Store["delivery"], "warmth">;
    readonly sync: Pick<Store["sync"], "list">;
  };
  readonly templates: Templates;
  /** As long as the links that the messages will have. */
  readonly leaveUrl: string;
  /** What its links will be like; left out: they are not tracked. */
  readonly trackedLinks?: Pick<ShortLinks, "ownUrl" | "length">;
  readonly clock: () => Instant;
}

export interface PreflightOf {
  readonly workspace: string;
  readonly campaign: Campaign;
  readonly account: Account;
  readonly rule: AudienceRule;
}
