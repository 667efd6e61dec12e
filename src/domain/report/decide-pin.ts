/** The commands on pins. */
import type { CommandArgs } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type View,
} from "../sync/decision.ts";

type PinAct = {
  readonly [N in "pin.add" | "pin.remove"]: { readonly name: N; readonly args: CommandArgs[N] };
}["pin.add" | "pin.remove"];

/** Two devices may pin the same report: it is pinned as long as one pin of it stands. */
export function decidePin(view: View, act: PinAct, { user, now }: DecideContext): Decision {
  const { id } = act.args;
  const known = view.get("pin", id);
  if (act.name === "pin.remove") {
    if (known === undefined || known.user !== user) return rejected("gone");
    return accepted([{ kind: "pin", id, doc: null }]);
  }
  const { campaignId } = act.args;
  if (known !== undefined) return rejected("exists");
  if (view.get("campaign", campaignId) === undefined) return rejected("gone");
  return accepted([{ kind: "pin", id, doc: { id, rev: 1, user, campaignId, at: now } }]);
}
