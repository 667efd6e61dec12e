/**
 * Seals what must not lie readable on a device: addresses of people, recipients of a report. Each
 * value is encrypted with AES-GCM under a key that the browser keeps and never hands out, so that
 * removing the key makes everything sealed unreadable at once, however much it is (crypto-shred).
 *
 *   const seal = openSeal(db, "cache");
 *   const sealed = await seal.seal(rows);     before a transaction, not inside: it would end it
 *   await db.thing.put({ id, sealed });
 *   await seal.open(sealed);                  the rows; undefined once the key is gone
 *
 * Honest limit: whoever holds the unlocked device can use the key as the app does.
 */
import type { ClientDb, Sealed, SealPurpose } from "./client-db.ts";
import { hasEnded } from "./ended.ts";
import { DeviceEnded } from "./sync-meta.ts";

export type { Sealed } from "./client-db.ts";

export interface Seal {
  /** Makes the key where there is none yet. */
  ready(): Promise<void>;
  /** `value`: anything that JSON can say. Throws where the browser gives no encryption (plain http). */
  seal(value: unknown): Promise<Sealed>;
  /** undefined: it was sealed with a key that is gone, or is broken. */
  open(sealed: Sealed): Promise<unknown>;
  /** Removes the key: what was sealed with it can never be opened again. */
  shred(): Promise<void>;
}

/** Whether this browser can seal: only on pages that came over https, or from this machine. */
export function canSeal(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/** The seal of a purpose in a person's database; its key is made when it is first needed. */
export function openSeal(db: ClientDb, purpose: SealPurpose): Seal {
  const key = async () => (await keyOf(db, purpose)) ?? (await makeKey(db, purpose));
  return {
    async ready() {
      await key();
    },
    async seal(value) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(value));
      return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text) };
    },
    async open({ iv, bytes }) {
      const known = await keyOf(db, purpose);
      if (known === undefined) return undefined;
      try {
        const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, known, bytes);
        return JSON.parse(new TextDecoder().decode(text));
      } catch {
        return undefined;
      }
    },
    async shred() {
      await db.seal.delete(purpose);
    },
  };
}

async function keyOf(db: ClientDb, purpose: SealPurpose): Promise<CryptoKey | undefined> {
  return (await db.seal.get(purpose))?.key;
}

/** Two tabs may make one at the same time: the first that is stored is the key of both. */
async function makeKey(db: ClientDb, purpose: SealPurpose): Promise<CryptoKey> {
  if (!canSeal()) throw new Error("this page came over plain http: the browser cannot encrypt");
  const algorithm = { name: "AES-GCM", length: 256 };
  const made = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
  return db.transaction("rw", db.seal, db.meta, async () => {
    if (await hasEnded(db)) throw new DeviceEnded();
    const known = await db.seal.get(purpose);
    if (known !== undefined) return known.key;
    await db.seal.add({ purpose, key: made });
    return made;
  });
}
