/** Keeping clicks, and counting them once it is clear whose they are. */
import type { Instant } from "#domain/core/time.ts";
import {
  requestSigns,
  severalMs,
  signOf,
  type Visit,
  type Visitor,
} from "#domain/engagement/click.ts";
import type { ClickSum } from "#domain/engagement/link-report.ts";
import type { LinkStore } from "../link-store.ts";
import type { Database, Row } from "./database.ts";
import { createMover, type Mover } from "./delivery-moves.ts";
import { distributionOf, messageOf, type Distribution } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

export const addClicks: Operations<LinkStore>["addClicks"] = (db, { clicks }) => {
  for (const { id, distribution, n, link, at, device, os, country, sign } of clicks) {
    db.run(
      `insert into click (id, distribution, message, link, at, device, os, country, sign)
       select ?1, l.distribution, ?3, l.n, ?5, ?6, ?7, ?8, ?9 from link l
        where l.distribution = ?2 and l.n = ?4
          and exists (select 1 from message m join distribution d on d.ws = m.ws and d.seq = m.distribution
            where d.seq = ?2 and m.n = ?3)
       on conflict do nothing`,
      id,
      distribution,
      n,
      link,
      at,
      device,
      os,
      country,
      sign,
    );
  }
};

const columns = "seq, distribution, message, link, at, device, os, country, sign";

export const judgeClicks: Operations<LinkStore>["judgeClicks"] = (db, { until, limit }) => {
  const rows = db.all(
    `select ${columns} from click indexed by click_unjudged
      where visitor is null and at <= ? order by at, seq limit ?`,
    until,
    limit,
  );
  for (const [seq, clicks] of Map.groupBy(rows, (row) => Number(row["distribution"]))) {
    judgeOf(db, distributionOf(db, seq), clicks);
  }
  return rows.length;
};

function judgeOf(db: Database, distribution: Distribution, clicks: readonly Row[]): void {
  const mover = createMover(db, distribution);
  const sums = createSums();
  for (const row of clicks) judge(db, distribution, { row, mover, sums });
  mover.finish();
  sums.write(db, distribution.seq);
  db.run("update distribution set ver = ver + 1 where seq = ?", distribution.seq);
}

interface Judging {
  readonly row: Row;
  readonly mover: Mover;
  readonly sums: Sums;
}

function judge(db: Database, distribution: Distribution, { row, mover, sums }: Judging): void {
  const n = Number(row["message"]);
  const [link, at] = [Number(row["link"]), Number(row["at"])];
  const message = messageOf(db, distribution, n);
  if (message === null) throw new Error(`there is no message ${n} of ${distribution.seq}`);
  const told = row["sign"];
  const click = { link, at, sign: requestSigns.find((each) => each === told) ?? null };
  const others = db
    .all(
      "select link, at from click where distribution = ? and message = ? and at between ? and ?",
      distribution.seq,
      n,
      at - severalMs,
      at + severalMs,
    )
    .map((other) => ({ link: Number(other["link"]), at: Number(other["at"]) }));
  const { channel } = distribution;
  const sign = signOf(click, { channel, state: message.state, at: message.at }, others);
  const visitor: Visitor = sign === null ? "person" : "scanner";
  db.run("update click set visitor = ?, sign = ? where seq = ?", visitor, sign, Number(row["seq"]));
  const visit = visitOf(row);
  for (const counted of [0, link]) {
    const isFirst = isNew(db, { distribution: distribution.seq, link: counted, visitor, n });
    sums.add({ link: counted, visitor, at, isFirst }, visit);
  }
  if (visitor === "person") mover.mark(message, "clicked", at);
}

type Where = Pick<Record<keyof Visit, string>, "device" | "os" | "country">;

function visitOf(row: Row): Where {
  return {
    device: String(row["device"]),
    os: String(row["os"]),
    country: String(row["country"]),
  };
}

interface First {
  readonly distribution: number;
  readonly link: number;
  readonly visitor: Visitor;
  readonly n: number;
}

function isNew(db: Database, { distribution, link, visitor, n }: First): boolean {
  return (
    db.run(
      `insert into click_first (distribution, link, visitor, message) values (?, ?, ?, ?)
       on conflict do nothing`,
      distribution,
      link,
      visitor,
      n,
    ) === 1
  );
}

interface Counted {
  readonly link: number;
  readonly visitor: Visitor;
  readonly at: Instant;
  /** Its recipient did not click there before. */
  readonly isFirst: boolean;
}

interface Sums {
  add(counted: Counted, where: Where): void;
  write(db: Database, distribution: number): void;
}

type Sum = { -readonly [K in keyof ClickSum]: ClickSum[K] };

/** Gathered, and written once. */
function createSums(): Sums {
  const sums = new Map<string, Sum>();
  const add = ({ link, visitor, at, isFirst }: Counted, what: Sum["what"], name: string): void => {
    const key = `${link} ${visitor} ${what} ${name}`;
    const none = { link, visitor, what, name, clicks: 0, recipients: 0, firstAt: at, lastAt: at };
    const sum: Sum = sums.get(key) ?? none;
    sums.set(key, sum);
    sum.clicks += 1;
    sum.recipients += isFirst ? 1 : 0;
    sum.firstAt = Math.min(sum.firstAt, at);
    sum.lastAt = Math.max(sum.lastAt, at);
  };
  return {
    add: (counted, { device, os, country }) => {
      add(counted, "all", "");
      add(counted, "device", device);
      add(counted, "os", os);
      add(counted, "country", country);
    },
    write: (db, distribution) => {
      for (const sum of sums.values()) writeSum(db, distribution, sum);
    },
  };
}

function writeSum(db: Database, distribution: number, sum: ClickSum): void {
  db.run(
    `insert into click_sum (distribution, link, visitor, what, name, clicks, recipients, first_at, last_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do update set clicks = clicks + excluded.clicks,
       recipients = recipients + excluded.recipients,
       first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
    distribution,
    sum.link,
    sum.visitor,
    sum.what,
    sum.name,
    sum.clicks,
    sum.recipients,
    sum.firstAt,
    sum.lastAt,
  );
}
