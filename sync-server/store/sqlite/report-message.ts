/** One message with everything that is kept of it: each try that said something, and its marks. */
import { editionOf } from "#domain/message/edition.ts";
import { marks, sendsBegun } from "#domain/message/marks.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { stateOf } from "#domain/message/state.ts";
import type { MessageHistory, MessageTry, ReportStore } from "../report-store.ts";
import { textOrNull } from "./carrier-rollup.ts";
import type { Database } from "./database.ts";
import { distributionOf } from "./delivery-rows.ts";
import { fallenOf, neverBegun } from "./fallen.ts";
import type { Operations } from "./operation.ts";

export const messageHistory: Operations<ReportStore>["message"] = (
  db,
  { workspace, campaignId, n },
) => {
  const place = db.get(
    "select seq from distribution where workspace = ? and campaign = ?",
    workspace,
    campaignId,
  );
  if (place === undefined) return null;
  const { ws, seq, keyForm, channel } = distributionOf(db, Number(place["seq"]));
  const row = db.get(
    `select m.address, m.name, m.state_now, m.gen, m.try_now, m.at, m.reason, m.segments, m.provider_id, m.marks, m.edition,
        t.at as due, c.name as carrier
      from standing m
      left join carrier c on c.seq = m.carrier
      left join timer t on t.ws = m.ws and t.distribution = m.distribution and t.n = m.n
     where m.ws = ? and m.distribution = ? and m.n = ?`,
    ws,
    seq,
    n,
  );
  if (row === undefined) return null;
  const stand = {
    state: stateOf(Number(row["state_now"])),
    gen: Number(row["gen"]),
    try: Number(row["try_now"]),
  };
  const attempts = stand.gen - 1 + stand.try;
  const tries = triesOf(db, { ws, seq, n });
  const isHeard = tries.some(({ gen }) => gen === stand.gen);
  const fell = fallenOf(db, { ws, seq }, n);
  const isSecond = fell !== null && !fell.isReturned;
  const begun = sendsBegun({ ...stand, marks: Number(row["marks"]), isHeard });
  return {
    n,
    address: String(row["address"]),
    name: String(row["name"]),
    ...stand,
    sends: begun - (fell === null ? 0 : neverBegun(fell.reason)),
    channel: isSecond ? fallbackChannel : channel,
    isSecond,
    own: channel,
    fell: fell === null ? null : { gen: fell.gen, reason: fell.reason },
    at: Number(row["at"]),
    dueAt: row["due"] === null ? null : Number(row["due"]),
    reason: reasonOf(Number(row["reason"])),
    segments: Number(row["segments"]),
    carrier: textOrNull(row["carrier"]),
    edition: isSecond ? null : editionOf({ ...stand, attempts, edition: Number(row["edition"]) }),
    providerId: typeof row["provider_id"] === "string" ? row["provider_id"] : null,
    distribution: seq,
    keyForm,
    tries,
    marks: marksOf(db, { ws, seq, n }),
  };
};

interface Of {
  readonly ws: number;
  readonly seq: number;
  readonly n: number;
}

function triesOf(db: Database, { ws, seq, n }: Of): readonly MessageTry[] {
  return db
    .all(
      `select gen, try, at, state, reason, code, words from attempt
        where ws = ? and distribution = ? and n = ? order by gen, try, at, state`,
      ws,
      seq,
      n,
    )
    .map((row) => ({
      gen: Number(row["gen"]),
      try: Number(row["try"]),
      at: Number(row["at"]),
      state: stateOf(Number(row["state"])),
      reason: reasonOf(Number(row["reason"])),
      code: String(row["code"]),
      words: String(row["words"]),
    }));
}

function marksOf(db: Database, { ws, seq, n }: Of): MessageHistory["marks"] {
  return db
    .all(
      "select mark, at from message_mark where ws = ? and distribution = ? and n = ? order by at",
      ws,
      seq,
      n,
    )
    .flatMap(({ mark: name, at }) => {
      const mark = marks.find((each) => each === name);
      return mark === undefined ? [] : [{ mark, at: Number(at) }];
    });
}
