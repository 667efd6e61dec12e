import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSecret } from "../providers/secrets.ts";
import { createHealth } from "./health.ts";

let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "fieldcast-health-"));
  openSecret(dataDir);
});

afterAll(() => rmSync(dataDir, { recursive: true }));

test.each([true, false])(
  "receipts that wait for their turn are warned of: %s",
  async (isBehind) => {
    const clock = Date.now;
    const status = { steppedAt: clock(), failedSteps: 0, troubles: [], isBehind };
    const recounts = { last: () => null, sinceThen: () => [] };
    const { warnings } = await createHealth({
      dataDir,
      clock,
      engine: { status: () => status },
      recounts,
    })();
    expect(warnings.includes("receipts_behind")).toBe(isBehind);
  },
);
