/**
 * One tab syncs for all of them. Nothing goes wrong when two do (every transaction checks where
 * it stands); it would only be wasteful. So without Web Locks everybody leads.
 */
export interface Election {
  /** Takes the lead from a tab that is asleep. */
  steal(): void;
  stop(): void;
}

export interface ElectionDeps {
  readonly name: string;
  /** Undefined where the browser has none. */
  readonly locks: LockManager | undefined;
  /** Leads until the signal is aborted. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
}

export function runForLeader(deps: ElectionDeps): Election {
  const candidate = new Candidate(deps);
  candidate.run("inLine");
  return candidate;
}

class Candidate implements Election {
  readonly #deps: ElectionDeps;
  #line = new AbortController();
  #term = new AbortController();
  #isStopped = false;

  constructor(deps: ElectionDeps) {
    this.#deps = deps;
  }

  run(how: "inLine" | "stealing"): void {
    const { locks, name } = this.#deps;
    if (locks === undefined) {
      void this.#deps.lead(this.#term.signal);
      return;
    }
    this.#line = new AbortController();
    const { signal } = this.#line;
    const options = how === "stealing" ? { steal: true } : { signal };
    locks
      .request(name, options, () => this.#hold())
      .catch(() => {
        // Stolen, or left the line. Only who lost the lead stands in line again.
        this.#term.abort();
        if (!signal.aborted && !this.#isStopped) this.run("inLine");
      });
  }

  steal(): void {
    if (this.#deps.locks === undefined) return;
    this.#line.abort();
    this.run("stealing");
  }

  stop(): void {
    this.#isStopped = true;
    this.#line.abort();
    this.#term.abort();
  }

  async #hold(): Promise<void> {
    this.#term = new AbortController();
    if (!this.#isStopped) await this.#deps.lead(this.#term.signal);
  }
}
