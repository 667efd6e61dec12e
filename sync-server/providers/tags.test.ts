import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createLeaveLinks } from "./leave-links.ts";
import { createKeys } from "./secrets.ts";
import { createTagger } from "./tags.ts";

test("a tag is the HMAC of its owner and place, whatever was tagged before", () => {
  const key = randomBytes(32);
  const tag = createTagger(key);
  const owners = ["", "a\nb\n", "ü\n", "a".repeat(200), "a\nb\n"];
  for (const owner of owners) {
    for (const bytes of [0, 1, 9, 70]) {
      const place = randomBytes(bytes);
      const whole = createHmac("sha256", key).update(owner).update(place).digest("binary");
      expect(tag(owner, place)).toBe(whole);
    }
  }
  expect(() => createTagger(randomBytes(65))).toThrow("too long");
});

// Written by the first version: they are in mails and at providers, and have to stay valid.
const secret = Buffer.alloc(32, 7);
const owner = {
  workspace: "00000000-0000-7000-8000-000000000001",
  campaignId: "00000000-0000-7000-8000-0000000000c1",
};
const place = { distribution: 4_294_967_295, n: 1_000_000 };

test("the key of a message and its leave link stay what they were", () => {
  const keys = createKeys(secret);
  const links = createLeaveLinks(secret, "https://example.org");
  expect(keys.of({ ...owner, distribution: 1, n: 1, gen: 1 })).toBe(
    "aaaaaaiaaaaacanycpfcnjodsynn2",
  );
  expect(keys.of({ ...owner, ...place, gen: 3 })).toBe("777777yab5beaa5abla3rrxvpadas");
  expect(links.urlOf({ ...owner, ...place })).toBe(
    "https://example.org/r/u/_____wAPQkDu5C6lR-H2N2Xd3wnNumEj",
  );
});

test("a key and a link are read back and verified, and nobody else's are", () => {
  const keys = createKeys(secret);
  const key = keys.of({ ...owner, ...place, gen: 3 });
  expect(keys.read(key)).toEqual({ ...place, gen: 3 });
  expect(keys.verify(key, { ...owner, ...place, gen: 3 })).toBe(true);
  expect(keys.verify(key, { ...owner, campaignId: "c2", ...place, gen: 3 })).toBe(false);
  const links = createLeaveLinks(secret, "https://example.org");
  const token = links.urlOf({ ...owner, ...place }).slice(-32);
  expect(links.read(token)).toEqual(place);
  expect(links.verify(token, { ...owner, ...place })).toBe(true);
  expect(links.verify(token, { ...owner, ...place, n: 1 })).toBe(false);
});
