/** Everything that tells people outside of the app, put together. */
import { randomUUID } from "node:crypto";
import type { Instant } from "#domain/core/time.ts";
import type { Carriers } from "../delivery/carriers.ts";
import { createSealer } from "../providers/secrets.ts";
import type { Store } from "../store/store.ts";
import { createMailWay } from "./mail.ts";
import { createNotifier, type Notifier } from "./notifier.ts";
import { createDevices, createPushWay, type Devices } from "./push.ts";
import { createPushKeys, type PushKeys } from "./push-keys.ts";

export interface NoticesDeps {
  readonly store: Pick<Store, "notices" | "reports" | "subscriptions">;
  readonly carriers: Carriers;
  readonly secret: Buffer;
  readonly publicUrl: string;
  readonly privateTargets: boolean;
  readonly clock: () => Instant;
  readonly warn: (facts: object, words: string) => void;
}

export interface Notices {
  readonly notifier: Notifier;
  readonly devices: Devices;
  readonly pushKeys: PushKeys;
}

export function createNotices(deps: NoticesDeps): Notices {
  const sealer = createSealer(deps.secret, "notices");
  const pushKeys = createPushKeys(deps.store, sealer);
  const push = { ...deps, sealer, keys: pushKeys };
  return {
    notifier: createNotifier({
      ...deps,
      ways: { email: createMailWay(deps), push: createPushWay(push) },
      newNonce: randomUUID,
      boot: randomUUID(),
    }),
    devices: createDevices(push),
    pushKeys,
  };
}
