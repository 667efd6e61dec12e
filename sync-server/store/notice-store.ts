/**
 * What storage keeps for telling people outside of the app. A notice is written in the very
 * transaction that pauses the campaign; it is spread into tellings, one for each person and way;
 * each telling is claimed before anything leaves, and settled by what became of it.
 */
import type { NoticeCause, NoticeWay } from "#domain/campaign/notice.ts";
import type { NoticeChoice } from "#domain/campaign/notice-topic.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

import type { Said } from "./subscription-store.ts";

interface InWorkspace {
  readonly workspace: Id;
}

interface OfPerson extends InWorkspace {
  readonly user: Id;
}

/** One message to one person, on one way, about what one cause stopped at once. */
export interface Telling {
  readonly seq: number;
  /** The same for every try: a mail's Message-ID, and what a push takes the place of. */
  readonly key: string;
  readonly workspace: Id;
  readonly workspaceName: string;
  readonly way: NoticeWay;
  /** The person's e-mail address, and the account that writes to it; null on other ways. */
  readonly mail: { readonly to: string; readonly accountId: Id } | null;
  /** Which device, and its subscription as it was sealed; null on other ways. */
  readonly device: { readonly id: string; readonly sealed: string } | null;
  readonly cause: NoticeCause;
  /** Words of its own; null: the usual ones of its cause. */
  readonly said: Said | null;
  /** When the first of the campaigns was stopped. */
  readonly at: Instant;
  /** The first of the campaigns, oldest notice first; those that are still there. */
  readonly campaigns: readonly ToldCampaign[];
  /** How many campaigns it is about. */
  readonly count: number;
  /** This one included. */
  readonly tries: number;
}

export interface ToldCampaign {
  readonly id: Id;
  readonly name: string;
  /** How it went, where that is what is told; else "". */
  readonly glance: string;
}

export interface Claimed {
  readonly tellings: readonly Telling[];
  /** When the next one is due; null: none is. */
  readonly nextAt: Instant | null;
}

export interface NoticeDevice {
  readonly id: string;
  readonly name: string;
  readonly at: Instant;
}

export interface NoticeStore {
  /**
   * Turns what was noted into tellings: campaigns that one cause stopped together share them.
   * `nonce` is new each time: the keys are made of it. Answers how many there are to tell.
   */
  spread(args: { readonly nonce: string; readonly now: Instant }): Promise<number>;
  /**
   * Takes tellings that are due, and those that another start of the process (`boot`) had begun:
   * nobody knows whether they left, so they are repeated under their key.
   */
  claim(args: {
    readonly boot: string;
    readonly limit: number;
    readonly now: Instant;
  }): Promise<Claimed>;
  /** `dueAt`: it is tried again then. `dropsDevice`: its subscription is gone for good. */
  settle(args: {
    readonly seq: number;
    readonly end: "sent" | "failed" | { readonly dueAt: Instant };
    /** Why it did not arrive, without addresses; "" when it did. */
    readonly why: string;
    readonly dropsDevice: boolean;
    readonly now: Instant;
  }): Promise<void>;
  /** Forgets what was told or given up before the moment; answers how many. */
  forgetTold(args: { readonly before: Instant }): Promise<number>;
  /** The account that writes notices; null: none does. */
  account(args: InWorkspace): Promise<Id | null>;
  /** Answers false where the account is not one of the workspace's that carries e-mail to people. */
  setAccount(
    args: InWorkspace & {
      readonly accountId: Id | null;
      readonly by: Id;
      readonly now: Instant;
    },
  ): Promise<boolean>;
  choice(args: OfPerson): Promise<NoticeChoice>;
  setChoice(args: OfPerson & { readonly choice: NoticeChoice }): Promise<void>;
  devices(args: OfPerson): Promise<readonly NoticeDevice[]>;
  /**
   * A device is one subscription: of whoever asked for it last. Answers false when the person has
   * as many as one may have.
   */
  addDevice(
    args: OfPerson & { readonly device: NoticeDevice & { readonly sealed: string } },
  ): Promise<boolean>;
  removeDevice(args: OfPerson & { readonly id: string }): Promise<boolean>;
  /** Keeps the keys that push services know this server by, where there are none; answers those there are. */
  pushKeys(args: { readonly sealed: string | null }): Promise<string | null>;
}
