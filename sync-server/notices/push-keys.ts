/**
 * The keys by which push services know this server (VAPID, RFC 8292). Made when they are first
 * asked for, and kept in the database, sealed: a back-up holds them with the devices that trust
 * them.
 */
import * as v from "valibot";
import type { Sealer } from "../providers/secrets.ts";
import type { NoticeStore } from "../store/notice-store.ts";

export interface PushKeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface PushKeys {
  open(): Promise<PushKeyPair>;
}

const owner = "push keys";
const shape = v.object({ publicKey: v.string(), privateKey: v.string() });

export function createPushKeys(
  store: { readonly notices: Pick<NoticeStore, "pushKeys"> },
  sealer: Sealer,
): PushKeys {
  let opened: PushKeyPair | null = null;
  return {
    open: async () => {
      if (opened !== null) return opened;
      const known = await store.notices.pushKeys({ sealed: null });
      const sealed = known ?? (await store.notices.pushKeys({ sealed: await made(sealer) }));
      if (sealed === null) throw new Error("the keys for push were not kept");
      opened = v.parse(shape, JSON.parse(sealer.unseal(sealed, owner)));
      return opened;
    },
  };
}

async function made(sealer: Sealer): Promise<string> {
  const { default: library } = await import("web-push");
  return sealer.seal(JSON.stringify(library.generateVAPIDKeys()), owner);
}
