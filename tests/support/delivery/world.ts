/** A workspace with contacts, an account, an audience and campaigns, over a real database. */
import type { Account } from "#domain/campaign/account.ts";
import type { Audience } from "#domain/audience/audience.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { assemble, createListeners } from "#server/store/sqlite/assemble.ts";
import { openDatabase, type Connection } from "#server/store/sqlite/database.ts";
import { perform } from "#server/store/sqlite/parts.ts";
import type { Store } from "#server/store/store.ts";

export const workspace = "00000000-0000-7000-8000-000000000001";
export const accountId = "00000000-0000-7000-8000-0000000000a1";
export const audienceId = "00000000-0000-7000-8000-0000000000b1";
export const campaignId = "00000000-0000-7000-8000-0000000000c1";
export const user = "00000000-0000-7000-8000-0000000000d1";
export const startOfTime = Date.UTC(2026, 10, 21, 12);

export interface OpenStore {
  readonly store: Store;
  /** The same connection, for looking at rows. */
  readonly db: Connection;
}

/** The product's own operations over one connection that the test can look into. */
export function openTestStore(path = ":memory:"): OpenStore {
  const db = openDatabase({ path, readOnly: false });
  const { onMove, tell } = createListeners();
  const store = assemble({
    run: async (call) => {
      const [attempt] = db.transact([() => perform(db, call)]);
      if (attempt?.ok !== true) throw attempt?.error;
      tell(db.takeMoved());
      return attempt.value;
    },
    onMove,
    close: async () => db.close(),
  });
  return { store, db };
}

/** Empties what a run wrote: cheaper than opening and migrating a database for each of thousands. */
export function emptyTestStore({ db }: OpenStore): void {
  const tables = db.all(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
  );
  db.transact([
    () => {
      for (const { name } of tables) db.run(`delete from "${String(name)}"`);
    },
  ]);
  db.takeMoved();
}

export interface ContactSeed {
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly firstName?: string;
  /** IANA zone; "" when left out. */
  readonly timeZone?: string;
  /** "DE" when left out. */
  readonly country?: string;
  /** Whether e-mail and SMS are allowed; true when left out. */
  readonly consents?: boolean;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Writes contacts as an import would leave them. */
export function seedContacts(db: Connection, contacts: readonly ContactSeed[]): void {
  db.transact([
    () => {
      for (const [index, contact] of contacts.entries()) seedContact(db, contact, index + 1);
    },
  ]);
}

function seedContact(db: Connection, contact: ContactSeed, n: number): void {
  const seq = Number(db.get("select coalesce(max(seq), 0) + 1 as seq from contact")?.["seq"]);
  db.run(
    `insert into contact (seq, workspace, id, email, phone, first_name, last_name, country, city,
       city_key, time_zone, fields, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, 'Person', ?, 'Berlin', 'berlin', ?, ?, ?, ?)`,
    seq,
    workspace,
    `00000000-0000-7000-8000-${seq.toString(16).padStart(12, "0")}`,
    contact.email === undefined ? `person${n}@example.org` : contact.email,
    contact.phone === undefined ? `+4915${String(10_000_000 + n)}` : contact.phone,
    contact.firstName ?? `Name${n}`,
    contact.country ?? "DE",
    contact.timeZone ?? "",
    JSON.stringify(contact.fields ?? {}),
    startOfTime,
    startOfTime,
  );
  if (contact.consents === false) return;
  for (const channel of ["email", "sms"]) {
    db.run(
      "insert into consent (workspace, contact, channel, granted, at, source) values (?, ?, ?, 1, ?, 'test')",
      workspace,
      seq,
      channel,
      startOfTime,
    );
  }
}

export function manyContacts(count: number): readonly ContactSeed[] {
  return Array.from({ length: count }, () => ({}));
}

export function anAccount(over: Partial<Account> = {}): Account {
  return {
    id: accountId,
    rev: 1,
    name: "Test account",
    channel: "email",
    provider: "sandbox",
    summary: {},
    limits: { perSecond: null, concurrency: 20 },
    createdAt: startOfTime,
    updatedAt: startOfTime,
    ...over,
  };
}

/** As it is stored; null: there is none. */
export function readAccount(db: Connection): Account | null {
  const row = db.get("select doc from document where kind = 'account' and id = ?", accountId);
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

export function anAudience(over: Partial<Audience> = {}): Audience {
  return {
    id: audienceId,
    rev: 1,
    name: "Everyone",
    rule: { kind: "all" },
    count: null,
    reachable: null,
    countedAt: null,
    createdAt: startOfTime,
    updatedAt: startOfTime,
    ...over,
  };
}

/** A campaign that was just launched. */
export function aCampaign(over: Partial<Campaign> = {}): Campaign {
  return {
    id: campaignId,
    number: null,
    rev: 1,
    name: "Autumn",
    group: "messaging",
    type: "email",
    content: { subject: "Hello {{ first_name }}", text: "Hello {{ first_name }}!", html: "" },
    audienceId,
    accountId,
    schedule: null,
    phase: "preparing",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: startOfTime,
    createdBy: user,
    updatedAt: startOfTime,
    launchedAt: startOfTime,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    total: null,
    ...over,
  };
}

/** Stores the documents that a launch needs. */
export async function seedDocuments(
  store: Store,
  {
    campaign = aCampaign(),
    account = anAccount(),
    audience = anAudience(),
  }: { campaign?: Campaign; account?: Account; audience?: Audience } = {},
): Promise<void> {
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [
      { kind: "account", id: account.id, doc: account },
      { kind: "audience", id: audience.id, doc: audience },
      { kind: "campaign", id: campaign.id, doc: campaign },
    ],
    activity: null,
    now: startOfTime,
  });
}

/** Changes a campaign's phase as a person's command would. */
export async function setPhase(
  store: Store,
  over: Partial<Campaign>,
  id = campaignId,
): Promise<void> {
  const campaign = await readCampaign(store, id);
  await store.sync.commitWrites({
    workspace,
    expect: [],
    writes: [{ kind: "campaign", id, doc: { ...campaign, ...over, rev: campaign.rev + 1 } }],
    activity: null,
    now: startOfTime,
  });
}

export async function readCampaign(store: Store, id = campaignId): Promise<Campaign> {
  const campaigns = await store.sync.list({ workspace, kind: "campaign" });
  const found = campaigns.find((campaign) => campaign.id === id);
  if (found === undefined) throw new Error(`there is no campaign ${id}`);
  return found;
}

export async function readRollup(store: Store, id = campaignId): Promise<Rollup | null> {
  const rollups = await store.sync.list({ workspace, kind: "rollup" });
  return rollups.find((rollup) => rollup.id === id) ?? null;
}
