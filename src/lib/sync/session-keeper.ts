/**
 * Who is signed in on this device. It opens without asking anybody for whoever was last, and asks
 * the server meanwhile; a session that ended there takes nothing away here.
 */
import type { Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  doubtfulLease,
  loadLast,
  nobody,
  saveLast,
  type LastSession,
  type Registry,
  type SignedIn,
} from "../db/registry.ts";
import type { Api, Failure } from "./api.ts";
import type { NotePlace } from "../db/kept.ts";
import { late, loadLock, loadOnline } from "./late.ts";
import type { Lock } from "./lease-lock.ts";
import type { SetUpInput, SignInInput, Whoever } from "./session-calls.ts";

/** `locked`: somebody is signed in, and the lease of their data is over. */
export type SessionStatus = "loading" | "set-up" | "signed-out" | "ready" | "locked";

export interface SessionKeeperDeps {
  readonly api: Api;
  readonly registry: Registry;
  /** When the server may be asked: what this device has is drawn first. */
  readonly drawn?: Promise<void>;
  /** Somebody is signed in now: opens their data. Called again when only their role changed. */
  readonly onReady: (who: SignedIn) => Promise<void>;
  /** Nobody is: closes it. `hasLeft`: they signed out themselves, or the device was revoked. */
  readonly onNobody: (how: { readonly hasLeft: boolean }) => Promise<void>;
  readonly tell: (
    status: SessionStatus,
    who: SignedIn | null,
    trouble: Failure | null,
    lock?: Lock,
  ) => void;
  /** What the device's clock shows. */
  readonly wall?: () => Instant;
  /** Where it is noted what this browser keeps; that of the page when left out. */
  readonly place?: NotePlace;
}

export interface SessionKeeper {
  /** Answers when the first screen can be drawn. */
  open(): Promise<void>;
  /** Asks the server again who is signed in. */
  refresh(): Promise<void>;
  /** Another tab signed somebody in or out. */
  hear(last: LastSession): Promise<void>;
  setUp(input: SetUpInput): Promise<Result<null, Failure>>;
  signIn(input: SignInInput): Promise<Result<null, Failure>>;
  signOut(): Promise<void>;
  /** This device was revoked: nobody is signed in on it, and this is why. */
  end(notice: Failure): Promise<void>;
  /** The lease is over while the app is open; or it may be open again. */
  judge(): Promise<void>;
}

export function createSessionKeeper(deps: SessionKeeperDeps): SessionKeeper {
  return new Keeper(deps);
}

class Keeper implements SessionKeeper {
  readonly #deps: SessionKeeperDeps;
  #who: SignedIn | null = null;
  #isLocked = false;

  constructor(deps: SessionKeeperDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    const { registry, drawn } = this.#deps;
    const { signedIn } = await loadLast(registry);
    if (signedIn === null) {
      void this.refresh();
      return;
    }
    if (await this.#isShut(signedIn)) return;
    await this.#show(signedIn);
    void (drawn ?? Promise.resolve()).then(() => this.refresh());
  }

  async judge(): Promise<void> {
    if (this.#who !== null) {
      this.#who = null;
      await this.#deps.onNobody({ hasLeft: false });
    }
    await this.open();
  }

  /** Whether the lease of their data is over: then it is locked, or removed by now. */
  async #isShut(who: SignedIn): Promise<boolean> {
    const { registry, place, tell, wall = Date.now } = this.#deps;
    const lease = await doubtfulLease(registry, who, wall());
    if (lease === null) return false;
    const { shut } = await loadLock();
    return shut(lease, {
      registry,
      place,
      wall: wall(),
      onLocked: (lock) => {
        // They signed in meanwhile.
        if (this.#who !== null) return;
        this.#isLocked = true;
        tell("locked", who, null, lock);
        void this.refresh();
      },
      onGone: (notice) => {
        this.#isLocked = false;
        tell("signed-out", null, notice);
      },
    });
  }

  async refresh(): Promise<void> {
    const { api, registry, tell } = this.#deps;
    const { mustSignOut } = await loadLast(registry);
    if (mustSignOut) {
      const told = await late(loadOnline, ({ signOut }) => signOut(api));
      if (told.ok) await saveLast(registry, nobody);
      else if (this.#who === null) {
        tell("signed-out", null, told.error);
        return;
      }
    }
    const answer = await late(loadOnline, ({ askSession }) => askSession(api));
    if (answer.ok && answer.value !== null) {
      await this.#enter(answer.value);
    } else if (this.#who === null && !this.#isLocked) {
      if (answer.ok) tell("set-up", null, null);
      else tell("signed-out", null, answer.error.kind === "signed-out" ? null : answer.error);
    }
  }

  async hear({ signedIn, mustSignOut }: LastSession): Promise<void> {
    const { onReady, onNobody, tell } = this.#deps;
    if (this.#isLocked && signedIn !== null) {
      // Another tab may have met the server.
      await this.open();
    } else if (this.#isLocked) {
      this.#isLocked = false;
      tell("signed-out", null, null);
    } else if (signedIn === null && this.#who !== null) {
      this.#who = null;
      await onNobody({ hasLeft: false });
      tell("signed-out", null, null);
    } else if (signedIn !== null && this.#who === null && !mustSignOut) {
      this.#who = signedIn;
      await onReady(signedIn);
      tell("ready", signedIn, null);
    }
  }

  async setUp(input: SetUpInput): Promise<Result<null, Failure>> {
    const { api } = this.#deps;
    return this.#entered(await late(loadOnline, ({ setUp }) => setUp(api, input)));
  }

  async signIn(input: SignInInput): Promise<Result<null, Failure>> {
    const { api } = this.#deps;
    return this.#entered(await late(loadOnline, ({ signIn }) => signIn(api, input)));
  }

  async signOut(): Promise<void> {
    const { api, registry, onNobody, tell } = this.#deps;
    this.#isLocked = false;
    this.#who = null;
    // First on this device: a reload during the request must not open the data again.
    await saveLast(registry, { signedIn: null, mustSignOut: true });
    await onNobody({ hasLeft: true });
    tell("signed-out", null, null);
    const told = await late(loadOnline, ({ signOut }) => signOut(api));
    if (told.ok) await saveLast(registry, nobody);
  }

  async end(notice: Failure): Promise<void> {
    const { registry, onNobody, tell } = this.#deps;
    this.#who = null;
    await saveLast(registry, nobody);
    await onNobody({ hasLeft: true });
    tell("signed-out", null, notice);
  }

  async #entered(answer: Result<Whoever, Failure>): Promise<Result<null, Failure>> {
    if (!answer.ok) return answer;
    if (answer.value !== null) await this.#enter(answer.value);
    return { ok: true, value: null };
  }

  async #enter(who: SignedIn): Promise<void> {
    const { registry, onNobody, wall = Date.now } = this.#deps;
    const isOther =
      this.#who !== null &&
      (this.#who.user.id !== who.user.id || this.#who.workspace.id !== who.workspace.id);
    if (isOther) await onNobody({ hasLeft: false });
    this.#who = who;
    await saveLast(registry, { signedIn: who, mustSignOut: false });
    const lease = await doubtfulLease(registry, who, wall());
    if (lease !== null) await (await loadLock()).reprieve(registry, lease, wall());
    await this.#show(who);
  }

  async #show(who: SignedIn): Promise<void> {
    const { onReady, tell } = this.#deps;
    this.#isLocked = false;
    this.#who = who;
    await onReady(who);
    tell("ready", who, null);
  }
}
