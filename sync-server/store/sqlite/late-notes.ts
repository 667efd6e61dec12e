/** What had gone out before an act arrived that was to stop it: told to whoever did it. */
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { stateCodes } from "#domain/message/state.ts";
import { headline } from "#domain/report/headline.ts";
import type { Late } from "../sync-store.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { readStates } from "./delivery-rollup.ts";
import { contactsOf } from "./limits-consent.ts";
import type { Note } from "./sign-up-effect.ts";
import { contactOfSignUp } from "./sign-up-rows.ts";

/** Undefined when nothing had gone. */
export function noteOfLate(db: Database, workspace: Id, late: Late): Note | undefined {
  return "campaign" in late ? goneOf(db, workspace, late) : goneTo(db, workspace, late);
}

function goneOf(
  db: Database,
  workspace: Id,
  { campaign, since }: Extract<Late, { readonly campaign: Id }>,
): Note | undefined {
  const row = db.get(
    "select seq, ws, total from distribution where workspace = ? and campaign = ?",
    workspace,
    campaign,
  );
  if (row === undefined) return undefined;
  const total = Number(row["total"]);
  const states = readStates(db, { ws: Number(row["ws"]), seq: Number(row["seq"]) });
  const { sent } = headline({ total, states });
  return sent === 0 ? undefined : { late: since, gone: sent, total };
}

const goneStates = (["submitted", "sent", "unconfirmed", "delivered", "read"] as const)
  .map((state) => stateCodes[state])
  .join(", ");

function goneTo(
  db: Database,
  workspace: Id,
  { signUp, channel, since }: Extract<Late, { readonly signUp: Id }>,
): Note | undefined {
  const contacts = everybodyWith(db, workspace, signUp, channel);
  const places = db
    .all(
      `select distinct d.seq, d.ws, d.total from distribution d
        join bucket b on b.ws = d.ws and b.distribution = d.seq and b.minute >= ?
       where d.workspace = ? and d.channel = ? and b.state in (${goneStates})`,
      since - (since % 60_000),
      workspace,
      channel,
    )
    .map((row) => ({
      ws: Number(row["ws"]),
      seq: Number(row["seq"]),
      total: Number(row["total"]),
    }));
  const gone = places.reduce(
    (sum, place) =>
      sum + contacts.reduce((of, contact) => of + goneIn(db, place, { contact, since }), 0),
    0,
  );
  return gone === 0 ? undefined : { late: since, gone };
}

/** A withdrawal is of the address, whoever has it. */
function everybodyWith(
  db: Database,
  workspace: Id,
  signUp: Id,
  channel: ConsentChannel,
): readonly number[] {
  const known = contactOfSignUp(db, workspace, signUp);
  if (known === null) return [];
  const address = known.contact[addressKindOf[channel]];
  if (address === null) return [known.seq];
  return [...new Set([known.seq, ...contactsOf(db, { workspace, channel, address })])];
}

interface Frozen extends Place {
  readonly total: number;
}

interface Meant {
  readonly contact: number;
  readonly since: Instant;
}

/** So few are looked at one by one. */
const fewRows = 20_000;

/** Messages to a contact that went out, or arrived, since. */
function goneIn(db: Database, place: Frozen, meant: Meant): number {
  const [first, last] =
    place.total <= fewRows ? [1, place.total] : spanOf(db, place, meant.contact);
  const row = db.get(
    `select count(*) as n from message where ws = ? and distribution = ? and n between ? and ?
      and contact = ? and at >= ? and state in (${goneStates})`,
    place.ws,
    place.seq,
    first,
    last,
    meant.contact,
    meant.since,
  );
  return Number(row?.["n"] ?? 0);
}

/** An audience is frozen in the order of its contacts, so one of a million is found in twenty looks. */
function spanOf(db: Database, { ws, seq, total }: Frozen, contact: number): [number, number] {
  let [low, high] = [1, total];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = db.get(
      "select contact from message where ws = ? and distribution = ? and n = ?",
      ws,
      seq,
      middle,
    );
    if (Number(row?.["contact"] ?? Infinity) < contact) low = middle + 1;
    else high = middle;
  }
  return [low, low];
}
