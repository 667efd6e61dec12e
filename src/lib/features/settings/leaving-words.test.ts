import { expect, test } from "vitest";
import { leavingText, otherDevicesText } from "./leaving-words.ts";

const here = (unsent: number) => ({ unsent, revokedAt: null });

test("[S44] S4 survival: who removes a person is told first what their devices had not sent", () => {
  expect(leavingText([here(2), here(1), { unsent: 9, revokedAt: 1 }])).toBe(
    "Their 2 devices had 3 unsent changes at the last contact. They will be lost. What was done since then and not sent is lost too.",
  );
  expect(leavingText([here(0)])).toBe(
    "Their device had sent everything at the last contact. What was done since then and not sent is lost.",
  );
  expect(leavingText([])).toBe("They have no device here, so nothing unsent is lost.");
});

test("[S44] S4 workspace left: who leaves is told what their other devices had not sent", () => {
  expect(otherDevicesText([here(2), here(1), { unsent: 9, revokedAt: 1 }])).toBe(
    "Your other devices had 3 unsent changes at the last contact. They will be lost unless these devices connect first.",
  );
  expect(otherDevicesText([here(0)])).toBe(null);
});
