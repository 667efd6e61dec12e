/** The promise of link-store.ts over SQLite. */
import { devices, scannerSigns, visitors } from "#domain/engagement/click.ts";
import { contactColumns } from "../delivery-store.ts";
import type { ClickRow, LinkScope, LinkStore } from "../link-store.ts";
import { contactOf, storedAs } from "./contact-columns.ts";
import type { Database, Row } from "./database.ts";
import { codeSeqOf, codeText } from "./code-ranges.ts";
import { distributionOf, findDistribution, type Distribution } from "./delivery-rows.ts";
import { addClicks, judgeClicks } from "./link-clicks.ts";
import { noteOpens, readOpenSums } from "./link-opens.ts";
import { oneOf, readLinks, readSums } from "./link-rows.ts";
import type { PartOperations } from "./operation.ts";

export const linkOperations: PartOperations<LinkStore> = {
  reads: ["linksOf", "scopeOf", "linkSums", "clickRows"],
  operations: {
    linksOf: (db, { distribution }) => {
      const found = findDistribution(db, distribution);
      if (found === null) return null;
      const { workspace, campaign: campaignId, channel } = found;
      const tracksOpens = readOpenSums(db, distribution) !== null;
      return { workspace, campaignId, channel, links: readLinks(db, distribution), tracksOpens };
    },
    scopeOf: (db, { distribution: seq, n }) => {
      const distribution = findDistribution(db, seq);
      return distribution === null ? null : scopeOf(db, distribution, n);
    },
    addClicks,
    judgeClicks,
    noteOpens,
    linkSums: (db, { workspace, campaignId }) => {
      const seq = distributionSeq(db, workspace, campaignId);
      if (seq === null) return null;
      const links = readLinks(db, seq);
      return links.length === 0 ? null : { links, sums: readSums(db, seq) };
    },
    clickRows: (db, { workspace, campaignId, filter: { link, visitor }, after, limit }) => {
      const seq = distributionSeq(db, workspace, campaignId);
      if (seq === null) return [];
      return db
        .all(
          `select c.seq, c.message, c.link, c.at, c.device, c.os, c.country, c.sign, c.visitor,
              m.address, m.name, l.name as link_name
             from click c
             join link l on l.distribution = c.distribution and l.n = c.link
             join message m on m.ws = ?1 and m.distribution = c.distribution and m.n = c.message
            where c.distribution = ?2 and c.seq > ?3 and c.visitor is not null
              and (?4 is null or c.link = ?4) and (?5 is null or c.visitor = ?5)
            order by c.seq limit ?6`,
          distributionOf(db, seq).ws,
          seq,
          after,
          link,
          visitor,
          limit,
        )
        .map(toClickRow);
    },
  },
};

function distributionSeq(db: Database, workspace: string, campaignId: string): number | null {
  const row = db.get(
    "select seq from distribution where workspace = ? and campaign = ?",
    workspace,
    campaignId,
  );
  return row === undefined ? null : Number(row["seq"]);
}

function scopeOf(
  db: Database,
  { workspace, ws, seq, codePool }: Distribution,
  n: number,
): LinkScope | null {
  const columns = contactColumns.map((column) => `c.${storedAs[column]}`).join(", ");
  const row = db.get(
    `select ${columns}, (select properties from message_event e where e.ws = m.ws
        and e.distribution = m.distribution and e.n = m.n) as event
       from message m join contact c on c.seq = m.contact and c.workspace = ?
      where m.ws = ? and m.distribution = ? and m.n = ?`,
    workspace,
    ws,
    seq,
    n,
  );
  if (row === undefined) return null;
  const event = row["event"];
  const code = codePool === null ? null : codeSeqOf(db, seq, n);
  return {
    contact: contactOf(row, contactColumns),
    ...(typeof event === "string" ? { event } : {}),
    ...(code === null || codePool === null ? {} : { code: codeText(db, codePool, code) }),
  };
}

function toClickRow(row: Row): ClickRow {
  const sign = scannerSigns.find((each) => each === row["sign"]) ?? null;
  return {
    seq: Number(row["seq"]),
    n: Number(row["message"]),
    address: String(row["address"]),
    name: String(row["name"]),
    link: Number(row["link"]),
    linkName: String(row["link_name"]),
    at: Number(row["at"]),
    device: oneOf(devices, row["device"]),
    os: String(row["os"]),
    country: String(row["country"]),
    visitor: oneOf(visitors, row["visitor"]),
    sign,
  };
}
