import { expect, test } from "vitest";
import { aCampaign, aContext, ana, anId, aView, ben } from "../../../tests/support/campaigns.ts";
import { decide } from "../sync/decide.ts";
import type { Campaign } from "./campaign.ts";

const rain = { at: 5, text: "Rain in the north" };
const launched = aCampaign({ phase: "completed", launchedAt: 1 });
const byAna = { id: anId(0x510), ...rain, by: ana, writtenAt: 7 };

function annotate(
  campaign: Campaign,
  set: typeof rain | null,
  context: Parameters<typeof aContext>[0] = {},
  was: typeof rain | null = null,
) {
  const args = { id: campaign.id, note: byAna.id, was, set };
  const act = { name: "campaign.annotate", args } as const;
  return decide(aView({ campaign: [campaign] }), act, aContext({ user: ana, now: 7, ...context }));
}

/** The campaign as the decision leaves it. */
function after({ outcome, ...decision }: ReturnType<typeof annotate>): Campaign {
  const [write] = "writes" in decision ? decision.writes : [];
  if (write?.kind !== "campaign" || write.doc === null) throw new Error(`it is ${outcome}`);
  return write.doc;
}

test("everybody who reads the report may remark on a moment of it; author and time stay theirs", () => {
  for (const role of ["admin", "office", "manager"] as const) {
    expect(annotate(launched, { ...rain, text: ` ${rain.text} ` }, { role })).toMatchObject({
      outcome: "ok",
      writes: [{ doc: { annotations: [byAna], rev: launched.rev + 1, phase: "completed" } }],
    });
  }
  const known = { ...launched, annotations: [byAna] };
  const changed = annotate(
    known,
    { at: 9, text: "Hail" },
    { user: ben, role: "office", now: 20 },
    rain,
  );
  expect(changed).toMatchObject({
    outcome: "ok",
    writes: [{ doc: { annotations: [{ at: 9, text: "Hail", by: ana, writtenAt: 7 }] } }],
  });
});

test("a manager changes no remark of another person", () => {
  const known = { ...launched, annotations: [byAna] };
  expect(annotate(known, null, { user: ben, role: "manager" })).toMatchObject({
    refusal: { type: "forbidden" },
  });
  expect(annotate(known, null, { role: "manager" })).toMatchObject({
    writes: [{ doc: { annotations: [] } }],
  });
});

test("[S55] who wrote it first stays its author when it was removed and comes back", () => {
  const known = { ...launched, annotations: [byAna] };
  const asBen = { user: ben, role: "office", now: 20 } as const;
  const gone = after(annotate(known, null, asBen));
  expect(gone.annotations).toEqual([]);
  // By undo, and by a change that somebody made without knowing of it.
  for (const was of [null, rain]) {
    expect(after(annotate(gone, { at: 9, text: "Hail" }, asBen, was))).toMatchObject({
      annotations: [{ ...byAna, at: 9, text: "Hail" }],
      removedAnnotations: [],
    });
  }
  expect(annotate(gone, null, asBen)).toEqual({ outcome: "ok", writes: [] });
});

test("[S55] nobody writes in the name of another person by bringing back what is theirs", () => {
  const gone = after(annotate({ ...launched, annotations: [byAna] }, null));
  expect(annotate(gone, { at: 9, text: "Hail" }, { user: ben, role: "manager" })).toMatchObject({
    refusal: { type: "forbidden" },
  });
  expect(after(annotate(gone, rain, { role: "manager" })).annotations).toEqual([byAna]);
});

test("[S55] only of the last fifty that were removed it is known who wrote them", () => {
  const { id, by, writtenAt } = byAna;
  const removedAnnotations = Array.from({ length: 50 }, (_, n) => {
    return { id: anId(0x600 + n), by, writtenAt };
  });
  const gone = after(annotate({ ...launched, annotations: [byAna], removedAnnotations }, null));
  expect(gone.removedAnnotations).toHaveLength(50);
  expect(gone.removedAnnotations?.at(-1)).toEqual({ id, by, writtenAt });
});

test("two people's texts of one remark: the later one stands, and the other is told", () => {
  const known = { ...launched, annotations: [{ ...byAna, text: "Snow" }] };
  expect(annotate(known, { at: 5, text: "Hail" }, {}, rain)).toMatchObject({
    outcome: "merged",
    lost: [{ field: "annotation", theirs: "Snow", mine: "Hail" }],
  });
});

test("taking away twice is done, an empty or endless remark is refused with its field", () => {
  expect(annotate(launched, null)).toEqual({ outcome: "ok", writes: [] });
  for (const text of ["  ", "x".repeat(301)]) {
    expect(annotate(launched, { at: 1, text })).toMatchObject({
      refusal: { type: "invalid", field: "text" },
    });
  }
  const full = Array.from({ length: 50 }, (_, n) => ({ ...byAna, id: anId(0x600 + n) }));
  expect(annotate({ ...launched, annotations: full }, rain)).toMatchObject({
    refusal: { type: "invalid", field: "annotations" },
  });
});

test("remarks stand in the order of their moments", () => {
  const later = { ...byAna, id: anId(0x511), at: 100 };
  const doc = annotate({ ...launched, annotations: [later] }, rain);
  expect(doc).toMatchObject({ writes: [{ doc: { annotations: [byAna, later] } }] });
});
