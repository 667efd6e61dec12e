/** Everything that syncs to devices as rows, by kind, and the feed that each kind lives in. */
import type { Audience } from "../audience/audience.ts";
import type { ConsentText } from "../audience/consent-text.ts";
import type { SignUp } from "../audience/sign-up.ts";
import type { DeletedCampaign } from "../analytics/counted.ts";
import type { SavedView } from "../analytics/saved-view.ts";
import type { Role } from "../access/role.ts";
import type { AccessSettings } from "../access/permission.ts";
import type { Account } from "../campaign/account.ts";
import type { CodePool } from "../codes/pool.ts";
import type { Campaign } from "../campaign/campaign.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { Pin } from "../report/pin.ts";
import type { Rollup } from "../report/rollup.ts";

/** The workspace as its people see it. */
export interface Workspace {
  readonly id: Id;
  readonly rev: number;
  readonly name: string;
  readonly access: AccessSettings;
  readonly createdAt: Instant;
  /** Reports that its people keep under a name; left out: none. */
  readonly views?: readonly SavedView[];
}

/** A person or a script in the workspace: the name behind "sent by Ana". */
export interface Member {
  /** The person's user id, or the id of the API key. */
  readonly id: Id;
  readonly rev: number;
  readonly name: string;
  readonly role: Role;
  /** A script that signs in with an API key of that name. */
  readonly isKey?: true;
}

/** A named set of contacts, made by an import or by hand. */
export interface List {
  readonly id: Id;
  readonly rev: number;
  readonly name: string;
  readonly count: number;
  readonly createdAt: Instant;
}

/** How an import goes, for its progress bar and its history. */
export interface ImportJob {
  readonly id: Id;
  readonly rev: number;
  readonly fileName: string;
  readonly state: "receiving" | "done" | "failed";
  /** Why it failed, in words; null otherwise. */
  readonly problem: string | null;
  /** Rows read so far, the heading not counted. rows = created + updated + rejected. */
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly rejected: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** Rows that were taken, by what was not understood of them; imports before it have none. */
  readonly notes?: Readonly<Record<string, number>>;
  /** The list that its contacts were put in. */
  readonly listId: Id;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

/** A person who was added at the stand and erased since; known by the id of the sign-up alone. */
export interface ErasedSignUp {
  readonly id: Id;
  /** Who added them. */
  readonly user: Id;
}

export interface Documents {
  readonly workspace: Workspace;
  readonly member: Member;
  readonly account: Account;
  readonly audience: Audience;
  readonly list: List;
  readonly import: ImportJob;
  readonly campaign: Campaign;
  readonly rollup: Rollup;
  readonly pin: Pin;
  readonly consentText: ConsentText;
  readonly codePool: CodePool;
  /** Made by the server when it deletes a campaign that went out. */
  readonly deletedCampaign: DeletedCampaign;
  /** Whoever added them keeps nothing of them any more. */
  readonly erasedSignUp: ErasedSignUp;
  /** In no feed: its device keeps it, and the server has the contact. */
  readonly signUp: SignUp;
}

export type Kind = keyof Documents;

/** The kinds that the server publishes. */
export type SyncedKind = Exclude<Kind, "signUp">;

export const kinds = [
  "workspace",
  "member",
  "account",
  "audience",
  "list",
  "import",
  "campaign",
  "rollup",
  "pin",
  "consentText",
  "codePool",
  "deletedCampaign",
  "erasedSignUp",
] as const satisfies readonly SyncedKind[];

/**
 * A feed is one stream of rows with a gap-free version number. `org`: what changes seldom;
 * `team`: campaigns; `roll`: counters, which change many times a second. These are the same for
 * everybody in a workspace; `user` is each person's own, and only they are told of it.
 */
export const feeds = ["org", "team", "roll", "user"] as const;

export type Feed = (typeof feeds)[number];

export const feedOf = {
  workspace: "org",
  member: "org",
  account: "org",
  audience: "org",
  list: "org",
  import: "org",
  campaign: "team",
  rollup: "roll",
  pin: "user",
  consentText: "org",
  codePool: "org",
  deletedCampaign: "team",
  erasedSignUp: "user",
} as const satisfies Record<SyncedKind, Feed>;

/** Names one row: `["campaign", id]`. */
export type Key = readonly [kind: Kind, id: Id];
