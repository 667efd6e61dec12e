/**
 * Different contacts who were reached, over any campaigns: each campaign keeps one bit a contact,
 * made anew only after its messages changed, so that counting reads some kilobytes of each and
 * never all messages again. A million contacts are 125 kB, packed to less. Whom the channel that it
 * falls back to reached has bits of their own.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { minuteMs } from "#domain/core/time.ts";
import { stateCodes } from "#domain/message/state.ts";
import { unknownCarrierName } from "#domain/report/carrier-name.ts";
import type { Reach, ReportStore, UsageNarrowed } from "../report-store.ts";
import type { Database } from "./database.ts";
import { standsBySecond } from "./fallen.ts";
import { narrowing, wayNarrowing } from "./report-narrowed.ts";
import type { Operations } from "./operation.ts";

type ReportOperations = Operations<ReportStore>;

const everybody = -1;
/** A campaign larger than this, while it is sent, is counted again at most once a minute. */
const largeFrom = 100_000;

/** Campaigns whose bits are not those of their messages. */
export const staleReach: ReportOperations["staleReach"] = (db, { workspace, now, ...narrowed }) => {
  const { where, values } = narrowing(narrowed);
  return db
    .all(
      `select d.seq from distribution d
         left join reach r on r.ws = d.ws and r.distribution = d.seq and r.carrier = ${everybody}
           and r.second = 0
        where d.workspace = ? and d.total > 0 and (r.ver is null
            or (r.ver <> d.ver and (d.total < ${largeFrom} or r.at < ?))) ${where}
        order by d.seq`,
      workspace,
      now - minuteMs,
      ...values,
    )
    .map((row) => Number(row["seq"]));
};

/** The bits of one campaign, from its messages as they are. */
export const readReach: ReportOperations["readReach"] = (db, { distribution }) => {
  const of = db.get(
    "select ws, ver, by_carrier, falls_back from distribution where seq = ?",
    distribution,
  );
  if (of === undefined) throw new Error(`there is no distribution ${distribution}`);
  const ws = Number(of["ws"]);
  const range = db.get(
    "select min(contact) as first, max(contact) as last from message where ws = ? and distribution = ?",
    ws,
    distribution,
  );
  const first = Math.floor(Number(range?.["first"] ?? 0) / 8) * 8;
  const bytes = Math.floor((Number(range?.["last"] ?? 0) - first) / 8) + 1;
  const fell = of["falls_back"] === 1 ? standsBySecond("message") : "0";
  const isByCarrier = of["by_carrier"] === 1;
  const own = createBits({ first, bytes });
  const second = createBits({ first, bytes });
  own.begin(everybody);
  for (const row of db.each(
    `select contact, carrier, ${fell} as fell from message
      where ws = ? and distribution = ? and state in (?, ?)`,
    ws,
    distribution,
    stateCodes.delivered,
    stateCodes.read,
  )) {
    const isSecond = row["fell"] === 1;
    const bits = isSecond ? second : own;
    const contact = Number(row["contact"]);
    bits.add(everybody, contact);
    // What goes out instead goes to phones.
    if (isByCarrier || isSecond) bits.add(Number(row["carrier"]), contact);
  }
  const parts = [...packed(own, false), ...packed(second, true)];
  return { ws, distribution, ver: Number(of["ver"]), first, parts };
};

/** One bit a contact, of each carrier that any of them has. */
function createBits({ first, bytes }: { readonly first: number; readonly bytes: number }) {
  const of = new Map<number, Uint8Array>();
  const begin = (carrier: number): Uint8Array => {
    const bits = of.get(carrier) ?? new Uint8Array(bytes);
    of.set(carrier, bits);
    return bits;
  };
  return {
    of,
    begin,
    add: (carrier: number, contact: number): void => {
      const bits = begin(carrier);
      const place = contact - first;
      bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7));
    },
  };
}

function packed({ of }: ReturnType<typeof createBits>, isSecond: boolean): Reach["parts"] {
  return [...of].map(([carrier, bits]) => {
    return { isSecond, carrier, bits: new Uint8Array(deflateRawSync(bits, { level: 1 })) };
  });
}

export const keepReach: ReportOperations["keepReach"] = (db, { reach, now }) => {
  const { ws, distribution, ver, first, parts } = reach;
  db.run("delete from reach where ws = ? and distribution = ?", ws, distribution);
  for (const { isSecond, carrier, bits } of parts) {
    db.run(
      `insert into reach (ws, distribution, second, carrier, ver, at, first, bits)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      ws,
      distribution,
      isSecond ? 1 : 0,
      carrier,
      ver,
      now,
      first,
      bits,
    );
  }
  return null;
};

/** How many have a bit in any of the campaigns. */
export const reachedContacts: ReportOperations["reached"] = (db, { workspace, ...narrowed }) => {
  const { where, values } = narrowing(narrowed);
  const ways = wayNarrowing(narrowed);
  const all = createUnion();
  const carriers = carriersOf(db, narrowed.carrier);
  for (const row of db.each(
    `select r.first, r.bits from distribution d
       join reach r on r.ws = d.ws and r.distribution = d.seq
         and r.carrier in (select value from json_each(?))
      where d.workspace = ? ${where} ${ways.where}`,
    JSON.stringify(carriers),
    workspace,
    ...values,
    ...ways.values,
  )) {
    if (row["bits"] instanceof Uint8Array) {
      all.add(Number(row["first"]), inflateRawSync(row["bits"]));
    }
  }
  return all.count();
};

/** By name, in any country and workspace: the rows that they are looked for in have their own. */
export function carriersOf(db: Database, name: UsageNarrowed["carrier"]): readonly number[] {
  if (name === null) return [everybody];
  const isUnknown = name === unknownCarrierName;
  const known = db
    .all("select seq from carrier where name = ?", isUnknown ? "" : name)
    .map((row) => Number(row["seq"]));
  return isUnknown ? [0, ...known] : known;
}

/** Whether the bit at this place is set; there may be none so far. */
export function hasBit(bits: Uint8Array, place: number): boolean {
  return place >= 0 && ((bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
}

/** Bits that are added up, wherever they begin. */
function createUnion() {
  let bits = new Uint8Array(1024);
  return {
    add(first: number, more: Uint8Array): void {
      const offset = first >> 3;
      const size = offset + more.length;
      if (size > bits.length) {
        const wider = new Uint8Array(Math.max(size, bits.length * 2));
        wider.set(bits);
        bits = wider;
      }
      for (let at = 0; at < more.length; at++) {
        bits[offset + at] = (bits[offset + at] ?? 0) | (more[at] ?? 0);
      }
    },
    count: () => bits.reduce((sum, byte) => sum + (onesIn[byte] ?? 0), 0),
  };
}

const onesIn = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte.toString(2).replaceAll("0", "").length,
);
