/**
 * Who is signed in on this device. It opens without asking anybody for whoever was last, and asks
 * the server meanwhile; a session that ended there takes nothing away here.
 */
import type { Result } from "#domain/core/result.ts";
import {
  loadLast,
  nobody,
  saveLast,
  type LastSession,
  type Registry,
  type SignedIn,
} from "../db/registry.ts";
import type { Api, Failure } from "./api.ts";
import { late, loadOnline } from "./late.ts";
import type { SetUpInput, SignInInput, Whoever } from "./session-calls.ts";

export type SessionStatus = "loading" | "set-up" | "signed-out" | "ready";

export interface SessionKeeperDeps {
  readonly api: Api;
  readonly registry: Registry;
  /** When the server may be asked: what this device has is drawn first. */
  readonly drawn?: Promise<void>;
  /** Somebody is signed in now: opens their data. Called again when only their role changed. */
  readonly onReady: (who: SignedIn) => Promise<void>;
  /** Nobody is: closes it. `hasLeft`: they signed out themselves, or the device was revoked. */
  readonly onNobody: (how: { readonly hasLeft: boolean }) => Promise<void>;
  readonly tell: (status: SessionStatus, who: SignedIn | null, trouble: Failure | null) => void;
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
}

export function createSessionKeeper(deps: SessionKeeperDeps): SessionKeeper {
  return new Keeper(deps);
}

class Keeper implements SessionKeeper {
  readonly #deps: SessionKeeperDeps;
  #who: SignedIn | null = null;

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
    await this.#show(signedIn);
    void (drawn ?? Promise.resolve()).then(() => this.refresh());
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
    } else if (this.#who === null) {
      if (answer.ok) tell("set-up", null, null);
      else tell("signed-out", null, answer.error.kind === "signed-out" ? null : answer.error);
    }
  }

  async hear({ signedIn, mustSignOut }: LastSession): Promise<void> {
    const { onReady, onNobody, tell } = this.#deps;
    if (signedIn === null && this.#who !== null) {
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
    const { registry, onNobody } = this.#deps;
    const isOther =
      this.#who !== null &&
      (this.#who.user.id !== who.user.id || this.#who.workspace.id !== who.workspace.id);
    if (isOther) await onNobody({ hasLeft: false });
    this.#who = who;
    await saveLast(registry, { signedIn: who, mustSignOut: false });
    await this.#show(who);
  }

  async #show(who: SignedIn): Promise<void> {
    const { onReady, tell } = this.#deps;
    this.#who = who;
    await onReady(who);
    tell("ready", who, null);
  }
}
