/**
 * Provider accounts: made, changed and tried by people, opened for the engine. Settings with
 * secrets are sealed before they reach the store, and leave here only to the provider.
 */
import {
  chosenWindowOf,
  defaultLimits,
  guardsOf,
  ignoresKeys,
  limitsOf,
  resolveWindowOf,
  type Account,
  type Limits,
  type UnknownPolicy,
} from "#domain/campaign/account.ts";
import type { ProviderDescription, ProviderName } from "#domain/campaign/provider.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import type { Price } from "#domain/campaign/price.ts";
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import { defaultGuards, type Guards } from "#domain/message/breaker.ts";
import {
  describe,
  honoursKeys,
  resolveWindowOf as usualWindowOf,
  shownSettings,
  summaryOf,
  type Carrier,
  type Provider,
  type Settings,
  type SettingsProblem,
} from "../providers/provider.ts";
import { openCallbacks, type Callbacks } from "./callbacks.ts";
import type { DeliveryStore } from "../store/delivery-store.ts";
import type { Carriers, OpenAccount } from "./carriers.ts";
import { senderOf } from "./sender.ts";

export interface AccountsDeps {
  readonly store: { readonly delivery: DeliveryStore };
  readonly providers: ReadonlyMap<ProviderName, Provider>;
  /** Seals text for an owner, and opens it again. */
  readonly sealer: {
    seal(text: string, owner: string): string;
    unseal(sealed: string, owner: string): string;
  };
  readonly clock: () => Instant;
  readonly newId: () => Id;
  /** Whether targets on private or loopback addresses may be called. */
  readonly privateTargets: boolean;
  readonly publicUrl: string;
}

/** What is left out, or undefined, stays. */
export type LimitsChange = { readonly [L in keyof Limits]?: Limits[L] | undefined };

export type GuardsChange = { readonly [G in keyof Guards]?: Guards[G] | undefined };

export interface AccountDraft {
  readonly name: string;
  readonly channel: Channel;
  readonly provider: ProviderName;
  readonly settings: Settings;
  readonly limits: LimitsChange;
  readonly guards?: GuardsChange | undefined;
  /** hold when left out. */
  readonly onUnknown?: UnknownPolicy | undefined;
  /** How long proof of an unknown outcome is waited for; left out or null: as receipts teach. */
  readonly resolveWindowMs?: number | null | undefined;
  /** What is left out, or undefined, stays; null: there is none. */
  readonly price?: Price | null | undefined;
}

export interface AccountChange {
  readonly name?: string | undefined;
  readonly settings?: Settings | undefined;
  readonly limits?: LimitsChange | undefined;
  readonly guards?: GuardsChange | undefined;
  readonly onUnknown?: UnknownPolicy | undefined;
  /** null: nobody chooses it any more. */
  readonly resolveWindowMs?: number | null | undefined;
  /** What is left out, or undefined, stays; null: there is none. */
  readonly price?: Price | null | undefined;
}

/** Who asks: the workspace, and the person for the activity. */
export interface By {
  readonly workspace: Id;
  readonly user: Id | null;
}

export type AccountRefusal =
  | { readonly type: "gone" }
  | { readonly type: "in_use" }
  /** There is no such provider, or not any more. */
  | { readonly type: "provider"; readonly detail: string }
  | { readonly type: "channel"; readonly detail: string }
  | ({ readonly type: "settings" } & SettingsProblem);

type Answer<T> = Promise<Result<T, AccountRefusal>>;

/** An account's settings with its secrets, for checking what claims to come from its provider. */
export interface AccountSecrets {
  readonly workspace: Id;
  readonly provider: ProviderName;
  readonly channel: Account["channel"];
  readonly settings: Settings;
}

export interface Accounts extends Carriers {
  create(by: By, draft: AccountDraft): Answer<Account>;
  change(by: By, id: Id, change: AccountChange): Answer<Account>;
  remove(by: By, id: Id): Answer<null>;
  find(workspace: Id, id: Id): Promise<Account | null>;
  /** Its settings without secrets, for who may change them. */
  settings(workspace: Id, id: Id): Promise<Account["summary"]>;
  /** Tries the credentials; answers what was found, in words. */
  test(workspace: Id, id: Id): Answer<string>;
  secretsOf(id: Id): Promise<AccountSecrets | null>;
  /** What its provider reads of calls to us; null: there is no such account, or no such provider. */
  callbacksOf(id: Id): Promise<Callbacks | null>;
  /** Every provider there is, as it describes itself. */
  providers(): readonly ProviderDescription[];
  /** Accounts may have changed: what is remembered of them is read anew. */
  changed(): void;
  /** Closes every open account. */
  close(): Promise<void>;
}

export function createAccounts(deps: AccountsDeps): Accounts {
  return new AccountBook(deps);
}

interface Kept {
  readonly rev: number;
  readonly open: OpenAccount;
}

interface Loaded {
  readonly account: Account;
  readonly settings: Settings;
}

class AccountBook implements Accounts {
  readonly #deps: AccountsDeps;
  readonly #kept = new Map<Id, Kept>();
  /** Of accounts whose receipts come in; a new one whenever accounts change. */
  #secrets = new Map<Id, AccountSecrets>();

  constructor(deps: AccountsDeps) {
    this.#deps = deps;
  }

  async create(by: By, draft: AccountDraft): Answer<Account> {
    const { clock, newId, providers } = this.#deps;
    const provider = providers.get(draft.provider);
    if (provider === undefined) {
      const known = [...providers.keys()].join(", ");
      return err({ type: "provider", detail: `must be one of ${known}` });
    }
    if (!provider.channels.includes(draft.channel)) {
      return err({ type: "channel", detail: `${draft.provider} cannot carry ${draft.channel}` });
    }
    const settings = provider.parse(draft.settings);
    if (!settings.ok) return err({ type: "settings", ...settings.error });
    const now = clock();
    const account: Account = {
      id: newId(),
      rev: 1,
      name: draft.name,
      channel: draft.channel,
      provider: draft.provider,
      summary: summaryOf(provider, settings.value),
      limits: withChange(defaultLimits, draft.limits),
      guards: withChange(defaultGuards, draft.guards ?? {}),
      onUnknown: draft.onUnknown ?? "hold",
      resolveWindowMs: draft.resolveWindowMs ?? null,
      usualWindowMs: usualWindowOf(provider),
      price: draft.price ?? null,
      createdAt: now,
      updatedAt: now,
    };
    await this.#save(by, { account, settings: settings.value }, null);
    return ok(account);
  }

  async change(by: By, id: Id, change: AccountChange): Answer<Account> {
    const known = await this.#load(by.workspace, id);
    if (known === null) return err({ type: "gone" });
    const provider = this.#deps.providers.get(known.account.provider);
    if (provider === undefined) return err(notHere(known.account));
    const settings = provider.parse({ ...known.settings, ...change.settings });
    if (!settings.ok) return err({ type: "settings", ...settings.error });
    const account: Account = {
      ...known.account,
      rev: known.account.rev + 1,
      name: change.name ?? known.account.name,
      limits: withChange(limitsOf(known.account), change.limits ?? {}),
      guards: withChange(guardsOf(known.account), change.guards ?? {}),
      ...doubtsAfter(known.account, change),
      usualWindowMs: usualWindowOf(provider),
      price: change.price === undefined ? (known.account.price ?? null) : change.price,
      summary: summaryOf(provider, settings.value),
      updatedAt: this.#deps.clock(),
    };
    const isSaved = await this.#save(by, { account, settings: settings.value }, known.account.rev);
    // Somebody else was quicker: what they set is the ground that this builds on.
    if (!isSaved) return this.change(by, id, change);
    await this.#forget(id);
    return ok(account);
  }

  async remove({ workspace, user }: By, id: Id): Answer<null> {
    const { clock, store } = this.#deps;
    const args = { workspace, accountId: id, by: user, now: clock() };
    const answer = await store.delivery.removeAccount(args);
    if (answer !== "removed") return err({ type: answer });
    await this.#forget(id);
    return ok(null);
  }

  async find(workspace: Id, id: Id): Promise<Account | null> {
    const stored = await this.#deps.store.delivery.account({ workspace, accountId: id });
    return stored?.account ?? null;
  }

  async settings(workspace: Id, id: Id): Promise<Account["summary"]> {
    const known = await this.#load(workspace, id);
    if (known === null) return {};
    const provider = this.#deps.providers.get(known.account.provider);
    return provider === undefined ? known.account.summary : shownSettings(provider, known.settings);
  }

  async test(workspace: Id, id: Id): Answer<string> {
    const known = await this.#load(workspace, id);
    if (known === null) return err({ type: "gone" });
    const provider = this.#deps.providers.get(known.account.provider);
    if (provider === undefined) return err(notHere(known.account));
    const carrier = this.#openCarrier(provider, known);
    const checked = await carrier.check();
    await carrier.close();
    return checked.ok ? checked : err({ type: "settings", ...checked.error });
  }

  changed(): void {
    this.#secrets = new Map();
  }

  async secretsOf(id: Id): Promise<AccountSecrets | null> {
    const remembered = this.#secrets;
    const secrets = remembered.get(id) ?? (await this.#readSecrets(id));
    // Into the map of when it was asked: what changed meanwhile is not remembered.
    if (secrets !== null) remembered.set(id, secrets);
    return secrets;
  }

  async #readSecrets(id: Id): Promise<AccountSecrets | null> {
    const workspace = await this.#deps.store.delivery.workspaceOfAccount({ accountId: id });
    const known = workspace === null ? null : await this.#load(workspace, id);
    if (workspace === null || known === null) return null;
    const { provider, channel } = known.account;
    return { workspace, provider, channel, settings: known.settings };
  }

  async callbacksOf(id: Id): Promise<Callbacks | null> {
    const known = await this.secretsOf(id);
    const provider = known === null ? undefined : this.#deps.providers.get(known.provider);
    if (known === null || provider === undefined) return null;
    return openCallbacks(provider, known, this.#deps);
  }

  providers(): readonly ProviderDescription[] {
    return [...this.#deps.providers.values()].map(describe);
  }

  async open(workspace: Id, id: Id): Promise<OpenAccount | string> {
    const stored = await this.#deps.store.delivery.account({ workspace, accountId: id });
    if (stored === null) return "The sending account was removed";
    const kept = this.#kept.get(id);
    if (kept?.rev === stored.account.rev) return asOfNow(kept.open, stored.account);
    await this.#forget(id);
    const known = await this.#load(workspace, id);
    if (known === null) return "The sending account was removed";
    const { account } = known;
    const provider = this.#deps.providers.get(account.provider);
    if (provider === undefined) return notHere(account).detail;
    const open: OpenAccount = {
      carrier: this.#openCarrier(provider, known),
      provider: {
        ...provider,
        ...provider.receiptsOf?.(known.settings),
        honoursKeys: honoursKeys(provider) && !ignoresKeys(account),
        resolveWindowMs: resolveWindowOf(account),
      },
      limits: limitsOf(account),
      guards: guardsOf(account),
      sender: senderOf(workspace, account),
    };
    this.#kept.set(id, { rev: account.rev, open });
    return open;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#kept.keys()].map((id) => this.#forget(id)));
  }

  #openCarrier(provider: Provider, { account, settings }: Loaded): Carrier {
    const { clock, privateTargets, publicUrl } = this.#deps;
    return provider.open(settings, {
      clock,
      privateTargets,
      callbackUrl: `${publicUrl}/api/v1/receipts/${account.id}`,
      concurrency: limitsOf(account).concurrency,
    });
  }

  async #load(workspace: Id, id: Id): Promise<Loaded | null> {
    const stored = await this.#deps.store.delivery.account({ workspace, accountId: id });
    if (stored === null) return null;
    const text = this.#deps.sealer.unseal(stored.sealed, ownerOf(workspace, id));
    return { account: stored.account, settings: JSON.parse(text) };
  }

  async #save(by: By, { account, settings }: Loaded, rev: number | null): Promise<boolean> {
    const { clock, sealer, store } = this.#deps;
    const { workspace, user } = by;
    const sealed = sealer.seal(JSON.stringify(settings), ownerOf(workspace, account.id));
    const args = { workspace, account, rev, sealed, by: user, now: clock() };
    return (await store.delivery.saveAccount(args)) === "saved";
  }

  async #forget(id: Id): Promise<void> {
    const known = this.#kept.get(id);
    this.#kept.delete(id);
    await known?.open.carrier.close();
  }
}

/** What becomes of unknown outcomes, and after how long. */
function doubtsAfter(known: Account, { onUnknown, resolveWindowMs: chosen }: AccountChange) {
  return {
    onUnknown: onUnknown ?? known.onUnknown ?? "hold",
    resolveWindowMs: chosen === undefined ? chosenWindowOf(known) : chosen,
  };
}

/** What receipts teach changes no revision, and closes nothing. */
function asOfNow(open: OpenAccount, account: Account): OpenAccount {
  const resolveWindowMs = resolveWindowOf(account);
  if (resolveWindowMs === open.provider.resolveWindowMs) return open;
  return { ...open, provider: { ...open.provider, resolveWindowMs } };
}

/** Its file is gone: with another build, or from the folder of the operator. */
function notHere({ provider }: Pick<Account, "provider">) {
  const detail = `This server has no provider ${provider} (any more)`;
  return { type: "provider", detail } as const;
}

/** Sealed settings open only for the account that they were sealed for. */
function ownerOf(workspace: Id, id: Id): string {
  return `${workspace}/${id}`;
}

function withChange<T extends object>(
  known: T,
  change: { readonly [K in keyof T]?: T[K] | undefined },
): T {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...known, ...Object.fromEntries(given) };
}
