/** The commands on reports that are kept under a name. */
import { may } from "../access/permission.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { CommandArgs } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type View,
} from "../sync/decision.ts";
import { mostViews, type SavedView, type ViewFields } from "./saved-view.ts";

type ViewAct = {
  readonly [N in "report.keep" | "report.default"]: {
    readonly name: N;
    readonly args: CommandArgs[N];
  };
}["report.keep" | "report.default"];

/** Of two people who change the same one, the last one's stays; another's is changed by an administrator alone. */
export function decideSavedView(view: View, act: ViewAct, context: DecideContext): Decision {
  const workspace = view.get("workspace", act.args.id);
  if (workspace === undefined) return rejected("gone");
  const views = workspace.views ?? [];
  const changed =
    act.name === "report.keep"
      ? keep(views, act.args, context)
      : asDefault(views, act.args, context.user);
  if ("refused" in changed) return changed.refused;
  const { id, rev } = workspace;
  const doc = { ...workspace, rev: rev + 1, views: changed.views };
  return accepted([{ kind: "workspace", id, doc }]);
}

type Changed = { readonly views: readonly SavedView[] } | { readonly refused: Decision };

function keep(
  views: readonly SavedView[],
  { view: id, set }: CommandArgs["report.keep"],
  { user, role, access, now }: DecideContext,
): Changed {
  const known = views.find((each) => each.id === id);
  if (known !== undefined && known.by !== user && !may(role, "member.edit", access)) {
    return { refused: rejected("forbidden", null, { act: "report.keep" }) };
  }
  if (set !== null) return put(views, known ?? { id, by: user }, { set, now });
  if (known === undefined) return { refused: rejected("gone") };
  return { views: views.filter((each) => each !== known) };
}

/** In the place of the known one, or behind all others. */
function put(
  views: readonly SavedView[],
  known: Pick<SavedView, "id" | "by" | "defaultOf">,
  { set, now }: { readonly set: ViewFields; readonly now: Instant },
): Changed {
  const { id, by, defaultOf } = known;
  const name = set.name.trim();
  if (name === "") return { refused: rejected("incomplete", "set.name") };
  const begun = defaultOf === undefined ? {} : { defaultOf };
  const kept = { ...set, id, name, by, at: now, ...begun };
  if (views.some((each) => each.id === id)) {
    return { views: views.map((each) => (each.id === id ? kept : each)) };
  }
  if (views.length < mostViews) return { views: [...views, kept] };
  const message = `a workspace keeps at most ${mostViews} reports`;
  return { refused: rejected("invalid", "set", { message }) };
}

/** A person begins with one at most. */
function asDefault(
  views: readonly SavedView[],
  { view: id, on }: CommandArgs["report.default"],
  user: Id,
): Changed {
  if (!views.some((each) => each.id === id)) return { refused: rejected("gone") };
  return {
    views: views.map((each) => {
      const rest = (each.defaultOf ?? []).filter((one) => one !== user);
      return { ...each, defaultOf: on && each.id === id ? [...rest, user] : rest };
    }),
  };
}
