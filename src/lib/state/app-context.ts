/** What the pages get: the state of the app, by Svelte's context. */
import { getContext, setContext } from "svelte";
import type { AccountsState } from "./accounts.svelte.ts";
import type { AttentionState } from "./attention.svelte.ts";
import type { AudiencesState } from "./audiences.svelte.ts";
import type { CampaignsState } from "./campaigns.svelte.ts";
import type { ContactsState } from "./contacts.svelte.ts";
import type { Device } from "./device.svelte.ts";
import type { DraftsState } from "./drafts.svelte.ts";
import type { ImportsState } from "./imports.svelte.ts";
import type { ListsState } from "./lists.svelte.ts";
import type { MembersState } from "./members.svelte.ts";
import type { SessionState } from "./session.svelte.ts";
import type { SyncState } from "./sync.svelte.ts";
import type { Writer } from "./writer.svelte.ts";
import type { Api } from "../sync/api.ts";

export interface App {
  readonly session: SessionState;
  readonly sync: SyncState;
  readonly attention: AttentionState;
  readonly campaigns: CampaignsState;
  readonly audiences: AudiencesState;
  readonly accounts: AccountsState;
  readonly lists: ListsState;
  readonly imports: ImportsState;
  readonly members: MembersState;
  readonly contacts: ContactsState;
  readonly drafts: DraftsState;
  readonly api: Api;
  readonly device: Device;
  /** For states that come with their page. */
  readonly writer: Writer;
  readonly newId: () => string;
  /** Server time by this device's best knowledge: for "2 minutes ago" and as-of labels. */
  now(): number;
  /** The first page is in the document: what needs the network may come now. */
  begin(): void;
}

const key = Symbol("app");

export function setAppContext(app: App): void {
  setContext(key, app);
}

export function getApp(): App {
  const app = getContext<App | undefined>(key);
  if (app === undefined) throw new Error("getApp was called outside of the app's pages");
  return app;
}
