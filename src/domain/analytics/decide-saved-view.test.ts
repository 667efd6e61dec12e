import { expect, test } from "vitest";
import { aContext, ana, anId, aView, ben, noon } from "../../../tests/support/campaigns.ts";
import { decide } from "../sync/decide.ts";
import type { Act } from "../sync/command.ts";
import type { DecideContext } from "../sync/decision.ts";
import type { Workspace } from "../sync/document.ts";
import { mostViews, type SavedView } from "./saved-view.ts";

const acme: Workspace = {
  id: anId(0x600),
  rev: 4,
  name: "Acme",
  access: { fieldMaySend: false },
  createdAt: noon,
};
const [weekly, board] = [anId(0x700), anId(0x701)];

const keep = (view: string, name: string | null): Act => ({
  name: "report.keep",
  args: { id: acme.id, view, set: name === null ? null : { name, query: "show=7d" } },
});

const begin = (view: string, on: boolean): Act => ({
  name: "report.default",
  args: { id: acme.id, view, on },
});

function after(
  workspace: Workspace,
  act: Act,
  who: Partial<DecideContext> = {},
): Workspace | string {
  const decision = decide(
    aView({ workspace: [workspace] }),
    act,
    aContext({ role: "manager", ...who }),
  );
  if (decision.outcome === "rejected") return decision.refusal.type;
  const [write] = decision.writes;
  return write?.kind === "workspace" && write.doc !== null ? write.doc : "nothing";
}

function all(acts: readonly (readonly [Act, Partial<DecideContext>?])[]): Workspace {
  return acts.reduce<Workspace>((workspace, [act, who]) => {
    const next = after(workspace, act, who);
    if (typeof next === "string") throw new Error(next);
    return next;
  }, acme);
}

const names = ({ views = [] }: Workspace): readonly string[] => views.map(({ name }) => name);

test("S2-05 a view is kept under a name, changed in its place, taken away and brought back as it was", () => {
  const both = all([[keep(weekly, " Weekly ")], [keep(board, "Board")]]);
  expect(names(both)).toEqual(["Weekly", "Board"]);
  expect(both).toMatchObject({ rev: 6, name: "Acme" });
  expect(names(all([[keep(weekly, "A")], [keep(board, "B")], [keep(weekly, "C")]]))).toEqual([
    "C",
    "B",
  ]);
  const undone = all([[keep(weekly, "A")], [keep(weekly, null)], [keep(weekly, "A")]]);
  expect(undone.views).toEqual(all([[keep(weekly, "A")]]).views);
});

test("everybody sees it; its maker and administrators change it", () => {
  const mine = all([[keep(weekly, "Mine"), { user: ana }]]);
  expect(after(mine, keep(weekly, "Yours"), { user: ben })).toBe("forbidden");
  expect(after(mine, keep(weekly, null), { user: ben, role: "office" })).toBe("forbidden");
  const changed = after(mine, keep(weekly, "Ours"), { user: ben, role: "admin" });
  expect(changed).toMatchObject({ views: [{ name: "Ours", by: ana }] });
});

test("each person begins with one at most, and others keep theirs", () => {
  const begun = all([
    [keep(weekly, "A"), { user: ana }],
    [keep(board, "B"), { user: ana }],
    [begin(weekly, true), { user: ana }],
    [begin(weekly, true), { user: ben }],
    [begin(board, true), { user: ana }],
  ]);
  const of = (id: string): SavedView["defaultOf"] =>
    begun.views?.find((view) => view.id === id)?.defaultOf;
  expect([of(weekly), of(board)]).toEqual([[ben], [ana]]);
  const none = after(begun, begin(board, false), { user: ana });
  expect(none).toMatchObject({ views: [{ defaultOf: [ben] }, { defaultOf: [] }] });
});

test("what has no name, is gone, or is one too many is refused", () => {
  expect(after(acme, keep(weekly, "  "))).toBe("incomplete");
  expect(after(acme, keep(weekly, null))).toBe("gone");
  expect(after(acme, begin(weekly, true))).toBe("gone");
  const full = Array.from({ length: mostViews }, (_, n) => n).map((n) => ({
    id: anId(0x800 + n),
    name: `${n}`,
    query: "",
    by: ana,
    at: noon,
  }));
  expect(after({ ...acme, views: full }, keep(weekly, "One more"))).toBe("invalid");
});
