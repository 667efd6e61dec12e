import { expect, test } from "vitest";
import { ana, anId } from "../../tests/support/campaigns.ts";
import type { PullReply } from "#protocol/down.ts";
import type { Where } from "../live/pull.ts";
import { linesOf, standsAfter } from "./pull-pages.ts";

const where: Where = {
  workspace: anId(1),
  user: ana,
  epoch: "one",
  ch: "c",
  feeds: { team: { from: 0, h0: 100 }, roll: { from: 7 } },
};

/** Of a feed with two hundred rows, one in each page. */
function pageFrom({ feeds, ch }: Where): PullReply {
  const from = feeds.team?.from ?? 0;
  const rows = {
    ver: [from + 1],
    kind: ["campaign" as const],
    id: [anId(from % 100)],
    doc: [null],
  };
  const team = { from, to: from + 1, more: from < 199, rows };
  const none = { ver: [], kind: [], id: [], doc: [] };
  const roll = { from: 7, to: 7, more: false, rows: none };
  return { t: "page", epoch: "one", ch, feeds: { team, roll }, time: 0 };
}

async function answer(mayGoOn: () => boolean) {
  const asked: Where[] = [];
  const lines = linesOf({
    pull: async (next) => {
      asked.push(next);
      return pageFrom(next);
    },
    where,
    first: pageFrom(where),
    lease: 9,
    mayGoOn: async () => mayGoOn(),
  });
  return { asked, lines };
}

test("[S57] each page goes on where the one before ended, and the answer ends after 128", async () => {
  const { asked, lines } = await answer(() => true);
  const all = await Array.fromAsync(lines);
  expect(all.map((line) => line.endsWith("\n"))).toEqual([...Array(127).fill(true), false]);
  const pages = all.map((line) => JSON.parse(line));
  expect(pages.map(({ feeds }) => feeds.team.from)).toEqual(
    Array.from({ length: 128 }, (_, n) => n),
  );
  expect(pages.every(({ ch, lease }) => ch === "c" && lease === 9)).toBe(true);
  // What the filling began with stays.
  expect(asked.at(-1)?.feeds).toEqual({ team: { from: 127, h0: 100 }, roll: { from: 7 } });
});

test("[S35] a device that is revoked meanwhile hears no further page", async () => {
  let looks = 0;
  const { lines } = await answer(() => (looks += 1) < 3);
  const heard: string[] = [];
  const hear = async (): Promise<void> => {
    for await (const line of lines) heard.push(line);
  };
  await expect(hear()).rejects.toThrow("hears no more");
  expect(heard).toHaveLength(3);
});

test("of a whole cut and of a reset nothing is left to ask", () => {
  const last = { ...where, feeds: { team: { from: 199 } } };
  expect(standsAfter(last, pageFrom(last))).toBeNull();
  expect(standsAfter(where, { t: "reset", epoch: "two", feeds: {}, time: 0 })).toBeNull();
});
