/**
 * Arguments of older versions, raised step by step to the version that this build decides. Old
 * devices may push for months, and a device that was updated still holds what it wrote before: a
 * step is a pure function and is never changed once released.
 */
import { err, ok, type Result } from "#domain/core/result.ts";
import { commandVersions } from "./command.ts";

/** Raises arguments by one version. */
export type Upcaster = (args: unknown) => unknown;

/** By command name: the step from version 1 to 2, from 2 to 3, … */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/** Arguments of before fit as they are: what came since may be left out. */
const asBefore: Upcaster = (args) => args;

const released: Upcasters = {
  // 2: `codePoolId`, `codePolicy`. 3: `trackLinks`. 4: `fallback`.
  "campaign.create": [asBefore, asBefore, asBefore],
  // 2: `validUntil`. 3: `codePoolId`, `codePolicy`, `budget`. 4: `trackLinks`. 5: `fallback`.
  "campaign.edit": [asBefore, asBefore, asBefore, asBefore],
  // 2: `atOnce`.
  "campaign.send": [asBefore],
  // 2: `schedule.wall`. 3: `schedule.local`. 4: `schedule.repeat`.
  "campaign.schedule": [asBefore, asBefore, asBefore],
  // 2: triggers other than events.
  "campaign.setLive": [asBefore],
};

export interface NotReadable {
  readonly ok: false;
  readonly field: string;
  readonly message: string;
}

/**
 * The arguments as today's version of the command, or why they cannot be read. A version newer
 * than this server (an update was taken back) is refused with words: the device keeps what was
 * typed on a card, and what waits behind it is not blocked.
 */
export function upcast(
  name: string,
  version: number,
  args: unknown,
  upcasters: Upcasters = released,
): Result<unknown, NotReadable> {
  const known = Object.entries(commandVersions).find(([each]) => each === name)?.[1];
  if (known !== undefined && version > known) {
    const message = `version ${version} of ${name} is newer than this server, which knows ${known}`;
    return err({ ok: false, field: "v", message });
  }
  const steps = upcasters[name] ?? [];
  return ok(steps.slice(version - 1).reduce((raised, step) => step(raised), args));
}
