/** A way to a person outside of the app: what the notifier needs of it. */
import type { Telling } from "../store/notice-store.ts";

export type Told =
  | { readonly end: "sent" }
  /** Not taken now, or nobody knows: again under the same key; `afterMs` when it was said when. */
  | { readonly end: "later"; readonly afterMs: number | null; readonly why: string }
  | {
      readonly end: "failed";
      readonly why: string;
      /** The device's subscription is gone for good. */
      readonly dropsDevice: boolean;
    };

export interface Way {
  /** Never rejects for what the other side does. */
  tell(telling: Telling): Promise<Told>;
}
