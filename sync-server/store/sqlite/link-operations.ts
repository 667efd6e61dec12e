/** The promise of link-store.ts over SQLite. */
import { contactColumns } from "../distribution.ts";
import type { LinkScope, LinkStore } from "../link-store.ts";
import { contactOf, storedAs } from "./contact-columns.ts";
import type { Database } from "./database.ts";
import { codeSeqOf, codeText } from "./code-ranges.ts";
import { findDistribution, type Distribution } from "./delivery-rows.ts";
import { clickRows, linkedOf } from "./link-click-rows.ts";
import { addClicks, judgeClicks } from "./link-clicks.ts";
import { noteOpens, readOpenSums } from "./link-opens.ts";
import { readLinks, readSums } from "./link-rows.ts";
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
    linkSums: (db, { workspace, campaignId }) =>
      linkedOf(db, workspace, campaignId).map(({ seq, links }) => ({
        links,
        sums: readSums(db, seq),
      })),
    clickRows,
  },
};

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
