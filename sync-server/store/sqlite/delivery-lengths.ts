/**
 * How many segments text messages have of which nobody told it. Their call tells as it ends; where
 * a crash swallowed its end, or a receipt came before it, they are noted here, and whoever learns
 * it first has them counted, and charged, for what they are: the call after all, or whoever writes
 * them once more. Nothing of it is read or written for any other message.
 */
import { minuteMs, type Instant } from "#domain/core/time.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { DeliveryStore, Settlement } from "../delivery-store.ts";
import type { Measured, MeasureStore, Unmeasured } from "../measure-store.ts";
import { contactColumns } from "../distribution.ts";
import { codeSeqOf, codeText } from "./code-ranges.ts";
import { contactOf, storedAs } from "./contact-columns.ts";
import type { Database, Row } from "./database.ts";
import { editionFor } from "./delivery-said.ts";
import { createMover, type Message, type Mover } from "./delivery-moves.ts";
import { createTill } from "./delivery-spend.ts";
import { distributionOf, messageOf, type Distribution } from "./delivery-rows.ts";
import { isBy } from "./fallen.ts";
import type { Operations } from "./operation.ts";

/** Longer than any call lasts: until then it may tell. */
const callMs = 5 * minuteMs;

/** A message as it was when it was in flight: what becomes of it, its call may not tell. */
export function noteUnmeasured(
  db: Database,
  place: Distribution,
  message: Message,
  /** null: its call will never tell. */
  calledAt: Instant | null,
): void {
  // What counts against a budget was measured for it.
  if (message.state !== "sending" || message.month !== null || !isText(db, place, message)) return;
  const isSecond = place.channel !== "sms" || place.way === "fallback";
  db.run(
    `insert into unmeasured (ws, distribution, n, gen, edition, second, due_at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict do update set due_at = excluded.due_at`,
    place.ws,
    place.seq,
    message.n,
    message.gen,
    editionFor(db, place, message),
    isSecond ? 1 : 0,
    calledAt === null ? 0 : calledAt + callMs,
  );
}

/** At a start: no call of before will tell anything any more. */
export function dueAllUnmeasured(db: Database): void {
  db.run("update unmeasured set due_at = 0 where due_at > 0");
}

function isText(db: Database, place: Distribution, { n }: Message): boolean {
  if (place.channel === "sms") return true;
  return place.fallsBack && !isBy(db, { ...place, way: "own" }, n);
}

/** What calls tell of messages that are noted here. */
export interface Lengths {
  /** The call that is in flight has told it: it is written with what it came to. */
  forget(run: Pick<Settlement, "n" | "gen">, times: number): void;
  /** It was moved on before anybody told it. Answers whether it was noted. */
  tell(message: Message, told: Measured): boolean;
  finish(): void;
}

/** null: none of the distribution is noted. */
export function openLengths(db: Database, place: Distribution, mover: Mover): Lengths | null {
  if (place.channel !== "sms") return null;
  const { ws, seq } = place;
  const any = db.get("select 1 from unmeasured where ws = ? and distribution = ? limit 1", ws, seq);
  return any === undefined ? null : createLengths(db, place, mover);
}

function createLengths(db: Database, place: Distribution, mover: Mover): Lengths {
  const { ws, seq, way } = place;
  const till = createTill(db, place);
  const forget: Lengths["forget"] = ({ n, gen }, times) => drop(n, gen, times);
  const drop = (n: number, gen: number, times = 1): boolean =>
    db.run(
      "delete from unmeasured where ws = ? and distribution = ? and n between ? and ? and gen = ?",
      ws,
      seq,
      n,
      n + times - 1,
      gen,
    ) > 0;
  /** It was charged when the next one began. */
  const recharge = (n: number, gen: number, segments: number): void => {
    const which = [ws, seq, n, gen] as const;
    const row = db.get(
      "select units, month from charge where ws = ? and distribution = ? and n = ? and gen = ?",
      ...which,
    );
    const units = Number(row?.["units"] ?? segments);
    if (units === segments) return;
    db.run(
      "update charge set units = ? where ws = ? and distribution = ? and n = ? and gen = ?",
      segments,
      ...which,
    );
    till.bill(way, { first: n, times: 1, units: segments - units });
    if (typeof row?.["month"] !== "number") return;
    till.spend(way, row["month"], { first: n, times: 1, units: -units });
    till.spend(way, row["month"], { first: n, times: 1, units: segments });
  };
  return {
    forget,
    tell: (message, { n, gen, segments }) => {
      if (!drop(n, gen)) return false;
      if (segments === null) return true;
      if (message.gen > gen) recharge(n, gen, segments);
      else if (message.gen === gen) remeasure(mover, message, segments);
      return true;
    },
    finish: () => till.write(),
  };
}

/** What was resolved already has so many segments, whatever it counted as until now. */
export function remeasure(
  mover: Mover,
  message: Message,
  segments: number,
  providerId: string | null = null,
): void {
  const isProven = stateCodes[message.state] >= stateCodes.submitted;
  if (!isProven || segments === message.segments) return;
  const { state, at } = message;
  const reason = reasonOf(message.reason);
  mover.move(message, { by: "receipt", state, reason, at, segments, providerId });
}

export const measuring: Pick<Operations<DeliveryStore>, keyof MeasureStore> = {
  unmeasured: (db, { limit, now }) => {
    const rows = db.all(dueSql, now, limit);
    const [first] = rows;
    if (first === undefined) return null;
    const way = first["second"] === 1 ? "fallback" : "own";
    const place = distributionOf(db, Number(first["distribution"]), way);
    const { channel, workspace, campaign: campaignId } = place;
    const messages = rows
      .filter(
        ({ distribution, second }) =>
          distribution === first["distribution"] && second === first["second"],
      )
      .map((row) => toUnmeasured(db, place, row));
    const tracks = db.get("select tracks_links from distribution where seq = ?", place.seq);
    const tracksLinks = tracks?.["tracks_links"] === 1;
    const of = { seq: place.seq, way, workspace, campaignId, channel } as const;
    return { distribution: { ...of, tracksLinks, tracksOpens: false }, messages };
  },

  measure: (db, { distribution, way, measured }) => {
    const place = distributionOf(db, distribution, way);
    const mover = createMover(db, place);
    const lengths = createLengths(db, place, mover);
    for (const each of measured) {
      const message = messageOf(db, place, each.n);
      if (message !== null) lengths.tell(message, each);
    }
    mover.finish();
    lengths.finish();
  },
};

/** Those of them that are resolved: what is in doubt may be sent, and told, once more. */
const dueSql = `select u.distribution, u.n, u.gen, u.edition, u.second, e.properties,
    ${contactColumns.map((column) => `c.${storedAs[column]}`).join(", ")}
  from unmeasured u
  join standing s on s.ws = u.ws and s.distribution = u.distribution and s.n = u.n
    and (s.gen > u.gen or s.state_now not in (0, 1, 2))
  join message m on m.ws = u.ws and m.distribution = u.distribution and m.n = u.n
  left join contact c on c.seq = m.contact
  left join message_event e on e.ws = u.ws and e.distribution = u.distribution and e.n = u.n
  where u.due_at <= ? order by u.ws, u.distribution, u.n limit ?`;

function toUnmeasured(db: Database, { seq, codePool }: Distribution, row: Row): Unmeasured {
  const n = Number(row["n"]);
  const code = codePool === null ? null : codeSeqOf(db, seq, n);
  return {
    n,
    gen: Number(row["gen"]),
    edition: Number(row["edition"]),
    contact: contactOf(row, contactColumns),
    ...(typeof row["properties"] === "string" ? { event: row["properties"] } : {}),
    ...(code === null || codePool === null ? {} : { code: codeText(db, codePool, code) }),
  };
}
