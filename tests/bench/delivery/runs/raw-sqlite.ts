/**
 * The limit of the file under the engine: the same rows and counters with nothing around them. A
 * range of messages is taken by one row and flushed; then each row gets its end, and the counters
 * by state and by minute with it, in one transaction that is flushed, too. No template, no consent,
 * no key, no second thread.
 * Run: `node tests/bench/delivery/runs/raw-sqlite.ts [MESSAGES]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const messages = Number(process.argv[2] ?? 100_000);
const rangeSize = 500;

const dir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "fieldcast-raw-"));
const db = new DatabaseSync(join(dir, "raw.db"));
db.exec(`pragma journal_mode = wal;
pragma synchronous = full;
create table message (
  n integer primary key, address text not null, state integer not null, reason integer not null,
  at integer not null, try integer not null, provider_id text
) strict;
create table range (k integer primary key, next integer not null, boot text) strict, without rowid;
create table tally (state integer primary key, n integer not null) strict, without rowid;
create table minute (
  minute integer, state integer, n integer not null, primary key (minute, state)
) strict, without rowid;`);
const insert = db.prepare("insert into message values (?, ?, 0, 0, 0, 0, null)");
db.exec("begin");
for (let n = 0; n < messages; n++) insert.run(n, `person${n}@example.org`);
db.exec("commit");

const lease = db.prepare("insert into range values (?, ?, 'boot')");
const close = db.prepare("update range set next = ?, boot = null where k = ?");
const settle = db.prepare(
  "update message set state = ?, reason = ?, at = ?, try = try + 1, provider_id = ? where n = ?",
);
const count = db.prepare(
  "insert into tally values (?, ?) on conflict do update set n = n + excluded.n",
);
const countMinute = db.prepare(
  "insert into minute values (?, ?, ?) on conflict do update set n = n + excluded.n",
);
const delivered = 10;

const began = performance.now();
for (let first = 0; first < messages; first += rangeSize) {
  const end = Math.min(first + rangeSize, messages);
  const k = first / rangeSize;
  commit(() => {
    lease.run(k, first);
    count.run(1, end - first);
  });
  commit(() => {
    const now = Date.now();
    for (let n = first; n < end; n++) settle.run(delivered, 0, now, `id${n}`, n);
    count.run(1, first - end);
    count.run(delivered, end - first);
    countMinute.run(Math.floor(now / 60_000), delivered, end - first);
    close.run(end, k);
  });
}
const ms = performance.now() - began;
const told = db.prepare("select n from tally where state = ?").get(delivered)?.["n"];
db.close();
rmSync(dir, { recursive: true });
if (told !== messages) throw new Error(`${String(told)} of ${messages} were counted`);
console.log(
  JSON.stringify({
    messages,
    perSecond: Math.round((messages * 1_000) / ms),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  }),
);

function commit(work: () => void): void {
  db.exec("begin immediate");
  work();
  db.exec("commit");
}
