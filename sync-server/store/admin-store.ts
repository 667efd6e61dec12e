/** The part of storage that operators need. */

/** One thing that a recount found: what should be equal and is not. */
export interface Finding {
  readonly check: string;
  readonly detail: string;
}

export interface AdminStore {
  /** Checks feeds, documents, verdicts and access; empty when all is well. Counters: delivery.findings. */
  doctor(args: Record<string, never>): Promise<readonly Finding[]>;
  /** Whether the database answers, for /health. */
  ping(args: Record<string, never>): Promise<true>;
}
