/**
 * The file `revoked` beside the database: the devices that must remove everything. A restore puts
 * the database aside and leaves this file, so a device that was signed out after the back-up was
 * made is signed out in the restored database too.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { revocationReasons, type DeviceStore } from "../store/device-store.ts";

const shape = v.array(
  v.object({
    workspace: v.string(),
    id: v.string(),
    user: v.string(),
    name: v.string(),
    at: v.number(),
    by: v.nullable(v.string()),
    reason: v.picklist(revocationReasons),
    unsent: v.number(),
  }),
);

export interface RevokedDeps {
  readonly devices: Pick<DeviceStore, "revoked" | "revokeAgain">;
  readonly dataDir: string;
}

/** Notes every device that is revoked now; whole or not at all, whenever the power fails. */
export async function keepRevocations({ devices, dataDir }: RevokedDeps): Promise<void> {
  const list = (await devices.revoked({})).flatMap(({ revoked, ...device }) => {
    const { workspace, id, user, name, unsent } = device;
    if (revoked === null) return [];
    const { at, by, reason } = revoked;
    return [{ workspace, id, user, name, at, by, reason, unsent }];
  });
  const path = revokedPath(dataDir);
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(list)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/** After a restore: revokes again what was revoked since the copy was made; answers how many. */
export async function takeRevocations({ devices, dataDir }: RevokedDeps): Promise<number> {
  const known = readRevocations(revokedPath(dataDir));
  return known.length === 0 ? 0 : devices.revokeAgain({ devices: known });
}

export function revokedPath(dataDir: string): string {
  return join(dataDir, "revoked");
}

/** Empty where there is no file, or none that can be read. */
function readRevocations(path: string): v.InferOutput<typeof shape> {
  try {
    const parsed = v.safeParse(shape, JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.output : [];
  } catch {
    return [];
  }
}
