/** From a mail that came back to proof about its message. Answers when it is durable. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Engine } from "../delivery/engine.ts";
import { withoutAddresses } from "../delivery/redact.ts";
import { ownerOfKey, type OwnerDeps } from "../delivery/receipts.ts";
import type { Receipt } from "../providers/provider.ts";
import type { BounceKind } from "../store/bounce-store.ts";
import { readMail, type Bounce, type ReadMail } from "./read-mail.ts";

export interface IntakeDeps extends OwnerDeps {
  readonly engine: Pick<Engine, "receive" | "listen">;
  /** People left, or an address was suppressed. */
  readonly onComplaint: (workspace: Id) => void;
  readonly clock: () => Instant;
}

export interface Intake {
  /** Takes one mail that came back to a workspace's bounce address; answers what it was. */
  take(workspace: Id, raw: Uint8Array): Promise<BounceKind>;
}

export function createIntake(deps: IntakeDeps): Intake {
  return {
    take: async (workspace, raw) => {
      const mail = await readMail(raw, deps.clock());
      if (mail.kind !== "report" && mail.kind !== "complaint") return mail.kind;
      if (mail.keys.length === 0) return "unrelated";
      for (const key of mail.keys) {
        const accountId = await ownerOfKey(deps, workspace, key);
        // A mailbox may be shared: what counts is through whom the message went.
        if (accountId !== null) return await act(deps, { workspace, accountId, key }, mail);
      }
      return "forged";
    },
  };
}

interface Place {
  readonly workspace: Id;
  readonly accountId: Id;
  readonly key: string;
}

async function act(
  { engine, onComplaint }: IntakeDeps,
  { key, ...account }: Place,
  mail: Extract<ReadMail, { readonly keys: readonly string[] }>,
): Promise<BounceKind> {
  if (mail.kind === "complaint") {
    const reply = { from: "", text: "", isComplaint: true, key, at: mail.at };
    await engine.listen({ ...account, channel: "email" }, [reply]);
    onComplaint(account.workspace);
    return "complaint";
  }
  const receipts = mail.bounces.flatMap((bounce) => toReceipt(key, bounce) ?? []);
  const { outcome } = await engine.receive(account, receipts);
  // The mail stays where it is, and is read again.
  if (outcome === "full") throw new Error("more receipts wait than there is room for");
  if (receipts.some(({ state }) => state === "undelivered")) return "bounce";
  return receipts.every(({ state }) => state === "submitted") ? "delayed" : "delivered";
}

/** What is delayed is still on its way, which is noted; what became a list's mail went on to others: no proof. */
function toReceipt(key: string, { action, reason, code, words, at }: Bounce): Receipt | null {
  const told = { key, at, code, words: withoutAddresses(words) };
  switch (action) {
    case "failed":
      return { ...told, state: "undelivered", reason };
    case "delivered":
      return { ...told, state: "delivered", reason: "none" };
    case "relayed":
      return { ...told, state: "sent", reason: "none" };
    case "delayed":
      return { ...told, state: "submitted", reason };
    case "expanded":
      return null;
  }
}
