/** How state classes write: decided at once by the domain's rule, stored with its command in one transaction. */
import { contentHash, missingParts } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Act, CommandName, Review } from "#domain/sync/command.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { WriteHow } from "../db/write.ts";
import type { Device } from "./device.svelte.ts";

export interface Writer {
  /** Answers `value` when the rule allows it; the command is then safe on this device. */
  write<T>(act: Act, value: T, how?: WriteHow): Promise<Result<T, Refusal>>;
  /** What this device holds of a campaign, as a review; null while audience or account is missing. */
  reviewOf(campaign: Id): Promise<Review | null>;
  /** The refusal of a launch without audience or account, naming the first missing part. */
  incomplete(campaign: Id): Promise<Result<never, Refusal>>;
  /** Takes back the newest unsent command of this name on this row; false when there is none. */
  takeBack(name: CommandName, id: Id): Promise<boolean>;
}

export interface WriterDeps {
  readonly device: Device;
  /** Undefined while nobody is signed in. */
  readonly write: (act: Act, how?: WriteHow) => Promise<Result<number, Refusal>> | undefined;
  readonly discard: (mid: number) => Promise<boolean>;
  /** A change exists only on this device now. */
  readonly onWritten: () => void;
}

export function createWriter({ device, write, discard, onWritten }: WriterDeps): Writer {
  return {
    async write(act, value, how) {
      // Forms hold reactive proxies, which storage cannot take.
      const done = await write($state.snapshot(act), how);
      if (done === undefined) return err(refusal("forbidden"));
      if (!done.ok) return done;
      onWritten();
      return ok(value);
    },
    async reviewOf(id) {
      const { db } = device;
      const campaign = (await db?.campaign.get(id))?.doc;
      if (campaign === undefined) return null;
      const { audienceId, accountId, rev } = campaign;
      if (audienceId === null || accountId === null) return null;
      const audience = (await db?.audience.get(audienceId))?.doc;
      const audienceRev = audience?.rev ?? 1;
      return { rev, contentHash: contentHash(campaign), audienceId, audienceRev, accountId };
    },
    async incomplete(id) {
      const campaign = (await device.db?.campaign.get(id))?.doc;
      if (campaign === undefined) return err(refusal("gone"));
      const missing = missingParts(campaign);
      const detail = { missing: missing.join(", ") };
      return err({ ...refusal("incomplete"), field: missing[0] ?? "audienceId", detail });
    },
    async takeBack(name, id) {
      const commands = (await device.db?.outbox.orderBy("mid").toArray()) ?? [];
      const command = commands.findLast(({ act }) => act.name === name && act.args.id === id);
      return command === undefined ? false : discard(command.mid);
    },
  };
}

function refusal(type: Refusal["type"]): Refusal {
  return { type, field: null, detail: {} };
}
