/**
 * What stops an account's campaigns and lets them go on: tries an account again whose breaker is
 * open, ends pauses that nobody resumed, and waits for space on a full disk. No timer of its own:
 * each call looks once and answers when to look again.
 */
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import { hourMs, minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import { pauseReasonOf } from "#domain/message/breaker.ts";
import { cold } from "#domain/message/warm-up.ts";
import type { OpenDistribution } from "../store/distribution.ts";
import { StoreError } from "../store/store.ts";
import type { EngineDeps, FaultPoint, OpenAccount } from "./carriers.ts";
import { createGate, type Gate } from "./gate.ts";
import { withoutAddresses } from "./redact.ts";
import { createSenderPaces } from "./sender-pace.ts";
import { sharedWarmth, warmthOf, type SharedWarmth } from "./sender-warmth.ts";
import { createTurns, type Turns } from "./turns.ts";

/** So long before a pause ends, people are warned. */
const warnMs = 24 * hourMs;
/** However long the next end is away, pauses are looked at this often. */
const lookAtPausesMs = minuteMs;
/** How often a full disk is tried. */
const tryDiskMs = 2 * secondMs;
const maxDetail = 200;

export interface Guard {
  /** The gate of a distribution's account, set to what people chose. */
  gateOf(distribution: OpenDistribution, account: OpenAccount): Promise<Gate>;
  /**
   * Whether this campaign may send. An active one whose account stands still was resumed, or
   * launched, by a person: its account is asked once more. A paused one may give the message that
   * finds out whether the way is mended.
   */
  admits(distribution: OpenDistribution, account: OpenAccount, gate: Gate): boolean;
  /** Accounts that were known to stand still when this step began. */
  beginStep(): void;
  /** Warns of pauses that end, and ends them. */
  tendPauses(now: Instant): Promise<Instant | null>;
  /** Storage refused for want of space. */
  noteFull(now: Instant): void;
  /** While the disk is full: pauses what it can, and goes on once there is space again. */
  tendDisk(now: Instant): Promise<Instant | null>;
}

export interface GuardDeps extends EngineDeps {
  readonly point: (name: FaultPoint) => void;
  readonly wake: () => void;
  readonly isDead: () => boolean;
}

export function createGuard(deps: GuardDeps): Guard {
  return new AccountGuard(deps);
}

/** Whether the campaign is active, or paused in a way that ends when a message is taken again. */
export function maySend({ awaitsYes, pauseReason, phase, stage }: OpenDistribution): boolean {
  if (phase === "active") return true;
  return phase === "paused" && !awaitsYes && stage === "sending" && isOfAccount(pauseReason);
}

function isOfAccount(reason: PauseReason | null): boolean {
  return reason === "breaker" || reason === "provider_auth" || reason === "quota";
}

class AccountGuard implements Guard {
  readonly #deps: GuardDeps;
  readonly #gates = new Map<string, Gate>();
  readonly #senders = createSenderPaces();
  readonly #warmths = new Map<string, SharedWarmth>();
  readonly #turns = new Map<string, Turns>();
  /** Accounts whose credentials are being looked at. */
  readonly #asked = new Set<string>();
  /** Which campaign gives the message that finds out. */
  readonly #probers = new Map<string, number>();
  #stoodStill: ReadonlySet<string> = new Set();
  /** When pauses were looked at last, and when one is to be looked at next. */
  #pauses: { readonly at: Instant; readonly next: Instant | null } = { at: 0, next: null };
  #fullSince: Instant | null = null;

  constructor(deps: GuardDeps) {
    this.#deps = deps;
  }

  async gateOf({ workspace, accountId }: OpenDistribution, account: OpenAccount): Promise<Gate> {
    const { clock, store } = this.#deps;
    let gate = this.#gates.get(accountId);
    if (gate === undefined) {
      const stored = await store.delivery.accountState({ workspace, accountId });
      gate = createGate(stored, clock());
      this.#gates.set(accountId, gate);
      this.#senders.opened(account.sender, stored?.claimedAt ?? null, clock());
    }
    const { perSender, warmUp } = account.limits;
    const pace = perSender === null ? null : this.#senders.of(account.sender, perSender);
    const warmth = warmthOf(await this.#warmthOf(workspace, account.sender), warmUp);
    const turns = this.#turnsOf(account.sender);
    gate.set(account.limits, account.guards, { pace, warmth, turns });
    return gate;
  }

  #turnsOf(sender: string): Turns {
    const create = this.#deps.turns ?? createTurns;
    const turns = this.#turns.get(sender) ?? create();
    this.#turns.set(sender, turns);
    return turns;
  }

  async #warmthOf(workspace: string, sender: string): Promise<SharedWarmth> {
    const known = this.#warmths.get(sender);
    if (known !== undefined) return known;
    const stored = await this.#deps.store.delivery.warmth({ workspace, sender });
    const shared = this.#warmths.get(sender) ?? sharedWarmth(sender, stored ?? cold);
    this.#warmths.set(sender, shared);
    return shared;
  }

  beginStep(): void {
    const still = [...this.#gates].filter(([, gate]) => gate.isStoredOpen).map(([id]) => id);
    this.#stoodStill = new Set(still);
  }

  admits(distribution: OpenDistribution, account: OpenAccount, gate: Gate): boolean {
    const { accountId, hasWork, phase, seq } = distribution;
    if (phase === "active") {
      if (gate.state === "open") this.#askAgain(distribution, account, gate);
      return true;
    }
    if (gate.state !== "half_open") {
      this.#probers.delete(accountId);
      if (!gate.isRetryDue(this.#deps.clock())) return false;
      gate.halfOpen("itself");
    }
    if (!gate.isTryingItself || (this.#probers.get(accountId) ?? seq) !== seq) return false;
    if (hasWork) this.#probers.set(accountId, seq);
    else this.#probers.delete(accountId);
    return true;
  }

  async tendPauses(now: Instant): Promise<Instant | null> {
    const { at, next } = this.#pauses;
    const isFresh = at <= now && now < at + lookAtPausesMs;
    if (isFresh && (next === null || now < next)) return next;
    const found = await this.#deps.store.delivery.endPauses({ warnMs, now });
    this.#pauses = { at: now, next: found };
    return found;
  }

  noteFull(now: Instant): void {
    if (this.#fullSince !== null) return;
    this.#fullSince = now;
    this.#deps.log.error({}, "the disk is full: sending stands still until there is space again");
    this.#deps.wake();
  }

  async tendDisk(now: Instant): Promise<Instant | null> {
    if (this.#fullSince === null) return null;
    const { delivery } = this.#deps.store;
    try {
      await delivery.proveSpace({ now });
      await delivery.goOn({ reason: "disk", now });
      this.#fullSince = null;
      this.#deps.log.warn({}, "the disk has space again: sending goes on");
      return now;
    } catch (error) {
      if (!isFull(error)) throw error;
    }
    try {
      await delivery.standStill({ reason: "disk", now });
    } catch (error) {
      // Not even that can be written: each lane stands still by itself, and tries again.
      if (!isFull(error)) throw error;
    }
    return now + tryDiskMs;
  }

  /** Somebody resumed a campaign, or launched one, through an account that stands still. */
  #askAgain(distribution: OpenDistribution, account: OpenAccount, gate: Gate): void {
    const { accountId } = distribution;
    // The pause of this very step's beginning may not have been seen yet: only what stood still before.
    if (!this.#stoodStill.has(accountId) || this.#asked.has(accountId)) return;
    if (pauseReasonOf(gate.breaker.reason) !== "provider_auth") {
      gate.halfOpen("person");
      return;
    }
    this.#asked.add(accountId);
    void this.#checkCredentials(distribution, account, gate);
  }

  /** A look at the credentials costs nobody a message. */
  async #checkCredentials(
    { workspace, accountId }: OpenDistribution,
    { carrier }: OpenAccount,
    gate: Gate,
  ): Promise<void> {
    const { clock, isDead, log, store, wake } = this.#deps;
    try {
      const checked = await carrier.check();
      if (isDead()) return;
      if (checked.ok) gate.halfOpen("person");
      else {
        const detail = withoutAddresses(checked.error.detail).slice(0, maxDetail);
        gate.refused(gate.breaker.reason ?? "auth_failed", detail, clock());
        const state = gate.takeChange(clock());
        if (state !== null) {
          await store.delivery.keepAccount({ workspace, accountId, state, now: clock() });
          gate.stored(state);
          this.#deps.point("kept");
        }
      }
    } catch (error) {
      if (!isDead())
        log.error({ err: error }, "an account could not be looked at; it is tried again");
    } finally {
      this.#asked.delete(accountId);
      wake();
    }
  }
}

export function isFull(error: unknown): boolean {
  return error instanceof StoreError && error.failure === "full";
}
