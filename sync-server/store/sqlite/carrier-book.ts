/** The short numbers of carriers, by workspace. */
import { whereaboutsOf } from "../../numbers/whereabouts.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";

/** Carriers are not counted, or there are too many. */
export const unknownCarrier = 0;

export interface CarrierBook {
  /** As the number tells by itself. */
  ofNumber(phone: string): number;
  /** The country's carrier of this name, where `carrier` was taken for it. */
  ofName(carrier: number, name: string): number;
}

/** Longer names are cut. */
const longestName = 60;
/** As many carriers of all countries have ranges; more are made up, and count as not known. */
const mostCarriers = 5_000;

export function createCarrierBook(db: Database, { ws }: Pick<Place, "ws">): CarrierBook {
  const known = new Map<string, number>();
  const find = (country: string, name: string): number => {
    const key = `${country}\n${name}`;
    const found = known.get(key) ?? findOrAdd(db, ws, country, name);
    known.set(key, found);
    return found;
  };
  return {
    ofNumber: (phone) => {
      const { country, carrier } = whereaboutsOf(phone);
      return find(country ?? "", carrier ?? "");
    },
    ofName: (carrier, name) => find(countryOf(db, carrier), name.trim().slice(0, longestName)),
  };
}

function countryOf(db: Database, carrier: number): string {
  const row = db.get("select country from carrier where seq = ?", carrier);
  return row === undefined ? "" : String(row["country"]);
}

function findOrAdd(db: Database, ws: number, country: string, name: string): number {
  const found = db.get(
    "select seq from carrier where ws = ? and country = ? and name = ?",
    ws,
    country,
    name,
  );
  if (found !== undefined) return Number(found["seq"]);
  const isFull =
    Number(db.get("select count(*) as n from carrier where ws = ?", ws)?.["n"]) >= mostCarriers;
  if (isFull) return unknownCarrier;
  const added = db.get(
    "insert into carrier (ws, country, name) values (?, ?, ?) returning seq",
    ws,
    country,
    name,
  );
  return Number(added?.["seq"]);
}
