/** The commands on audiences. */
import type { CommandArgs } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type Lost,
  type View,
} from "../sync/decision.ts";
import { checkName } from "../sync/check-name.ts";
import { mergeField } from "../sync/merge.ts";
import type { Audience } from "./audience.ts";

type AudienceAct = {
  readonly [N in "audience.create" | "audience.edit" | "audience.delete"]: {
    readonly name: N;
    readonly args: CommandArgs[N];
  };
}["audience.create" | "audience.edit" | "audience.delete"];

export function decideAudience(view: View, act: AudienceAct, context: DecideContext): Decision {
  const known = view.get("audience", act.args.id);
  if (act.name === "audience.create") {
    return known === undefined ? create(act.args, context) : rejected("exists");
  }
  if (known === undefined) return rejected("gone");
  if (act.name === "audience.delete") {
    return accepted([{ kind: "audience", id: known.id, doc: null }]);
  }
  return edit(known, act.args, context);
}

function create(args: CommandArgs["audience.create"], context: DecideContext): Decision {
  const wrong = checkName(args.name);
  if (wrong !== null) return wrong;
  const doc: Audience = {
    id: args.id,
    rev: 1,
    name: args.name.trim(),
    rule: args.rule,
    count: null,
    reachable: null,
    countedAt: null,
    createdAt: context.now,
    updatedAt: context.now,
  };
  return accepted([{ kind: "audience", id: doc.id, doc }]);
}

function edit(
  known: Audience,
  args: CommandArgs["audience.edit"],
  context: DecideContext,
): Decision {
  const wrong = args.name === undefined ? null : checkName(args.name.set);
  if (wrong !== null) return wrong;
  const lost: Lost[] = [];
  const rule = mergeField("rule", known.rule, args.rule, lost);
  const sameRule = JSON.stringify(rule) === JSON.stringify(known.rule);
  const doc: Audience = {
    ...known,
    rev: known.rev + 1,
    name: mergeField("name", known.name, args.name, lost).trim(),
    rule,
    count: sameRule ? known.count : null,
    reachable: sameRule ? known.reachable : null,
    countedAt: sameRule ? known.countedAt : null,
    updatedAt: context.now,
  };
  return accepted([{ kind: "audience", id: doc.id, doc }], lost);
}
