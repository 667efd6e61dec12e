/**
 * The rows of a campaign in blocks, so that a device fetches only those that changed. A block's
 * part is named by a hash of what it shows; asked for under an older hash, it answers what there
 * is now.
 */
import { may } from "#domain/access/permission.ts";
import { fingerprint } from "#domain/core/hash.ts";
import { blockDynamic, blockList, blockRows, blockStatic } from "#protocol/rest/blocks.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { BlockFacts, ReportRow } from "../store/report-store.ts";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { bodyOf, createPartBodies, sendPart } from "./part-body.ts";
import { addressShower, toDynamicBlock, toStaticBlock } from "./report-answers.ts";
import { route, type Caller } from "./route.ts";

interface BlockRoutesDeps {
  readonly store: Pick<Store, "reports" | "sync">;
  readonly clock: () => number;
}

const base = "/api/v1/campaigns/:id/blocks";
const partParams = v.object({
  id,
  n: v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number)),
  part: v.picklist(["static", "dynamic"]),
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
});

/** Some hundred parts: what the devices of a few reports ask for at the same time. */
const keptBytes = 64_000_000;

export function registerBlocks(app: FastifyInstance, { store, clock }: BlockRoutesDeps): void {
  const bodies = createPartBodies({ maxBytes: keptBytes });
  route(app, {
    method: "GET",
    url: base,
    summary: "The blocks of a campaign's rows, with a hash of what each shows",
    permission: "report.read",
    params: v.object({ id }),
    answers: { 200: blockList },
    handle: async ({ caller, params, reply }) => {
      const found = await blocksOf(store, caller, params.id);
      reply.header("cache-control", "no-store");
      return {
        asOf: clock(),
        total: found.total,
        erased: found.blocks.reduce((sum, { erased }) => sum + erased, 0),
        blocks: found.blocks.map((block) => ({
          n: block.n,
          rows: block.rows,
          staticHash: hashOf(found, block, staticKind(caller)),
          dynamicHash: hashOf(found, block, "dynamic-4"),
        })),
      };
    },
  });
  route(app, {
    method: "GET",
    url: `${base}/:n/:part/:hash`,
    summary: "One block: the part that only an erasure changes, or the one that moves",
    permission: "report.read",
    params: partParams,
    answers: { 200: v.variant("part", [blockStatic, blockDynamic]) },
    handle: async ({ caller, params, raw, reply }) => {
      const { n, part, hash } = params;
      const found = await blocksOf(store, caller, params.id);
      const block = found.blocks.find((each) => each.n === n);
      if (block === undefined) throw new HttpProblem("not_found");
      const current = hashOf(found, block, part === "static" ? staticKind(caller) : "dynamic-4");
      const isCurrent = hash === current;
      // A device keeps them itself, sealed; a cache would still have who was erased since.
      reply.header("cache-control", "no-store");
      const make = async (): Promise<unknown> => {
        const rows = await rowsOf(store, caller, { campaignId: params.id, n });
        if (part === "dynamic") return toDynamicBlock(rows);
        return toStaticBlock(rows, addressShower(found.campaign, maySee(caller)));
      };
      // Rows may move between the look at their versions and the reading of them: then what was
      // read is newer than its name says, and the next list names it again.
      const name = `${caller.workspace} ${params.id} ${part} ${current}`;
      const body = isCurrent ? await bodies.of(name, make) : await bodyOf(make);
      return sendPart(raw, reply, { hash: current, body });
    },
  });
}

type Found = Awaited<ReturnType<typeof blocksOf>>;

async function blocksOf(
  store: BlockRoutesDeps["store"],
  { workspace }: Caller,
  campaignId: string,
) {
  const campaign = await store.reports.campaign({ workspace, campaignId });
  if (campaign === null) throw new HttpProblem("not_found");
  const epoch = await store.sync.epoch({});
  const list = await store.reports.blocks({ workspace, campaignId, rowsPerBlock: blockRows });
  return { campaign, epoch, ...(list ?? { distribution: 0, total: 0, blocks: [] }) };
}

async function rowsOf(
  store: BlockRoutesDeps["store"],
  { workspace }: Caller,
  { campaignId, n }: { readonly campaignId: string; readonly n: number },
): Promise<readonly ReportRow[]> {
  const filter = {
    states: [],
    reasons: [],
    carrier: null,
    edition: null,
    q: null,
    inAddress: false,
  };
  const after = n * blockRows;
  const rows = await store.reports.rows({ workspace, campaignId, filter, after, limit: blockRows });
  return rows.filter((row) => row.n <= after + blockRows);
}

/** The number rises with what a part tells: devices fetch it again. */
type HashedKind = "masked" | "plain" | "dynamic-4";

/** After a restored back-up the same versions may mean other rows: the epoch tells them apart. */
function hashOf({ epoch, distribution }: Found, block: BlockFacts, kind: HashedKind): string {
  // Who went on by the second channel, or came back, has another address since; where nobody did it is as before.
  const moved = block.fallen === 0 ? block.erased : `${block.erased}-${block.fallen}`;
  const ver = kind === "dynamic-4" ? `${block.ver}${wayOf(block)}` : moved;
  return fingerprint([epoch, distribution, block.n, block.rows, kind, ver].join(":"));
}

/** Devices that have it without the ways of its rows fetch it again. */
function wayOf({ fallen }: BlockFacts): string {
  return fallen === 0 ? "" : `-${fallen}`;
}

function staticKind(caller: Caller): HashedKind {
  return maySee(caller) ? "plain" : "masked";
}

function maySee({ role, access }: Caller): boolean {
  return may(role, "address.see", access);
}
