import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { keyForms } from "#domain/message/key-form.ts";
import { createLeaveLinks } from "./leave-links.ts";
import { createKeys } from "./keys.ts";
import { createPageTagger, tagBytes } from "./tag-pages.ts";
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

test("a page's tag is its place enciphered under its campaign's key, whatever was tagged before", () => {
  const key = randomBytes(32);
  const tag = createPageTagger(key);
  const last = 4_294_967_295;
  // Steps back and forth, over the edges of pages, between campaigns, gens and distributions.
  for (const n of [1, 2, 63, 64, 65, 1, 128, last, last - 1, 65]) {
    for (const distribution of [1, 2, last]) {
      for (const campaignId of ["c1", "c2"]) {
        for (const gen of [0, 1, 255]) {
          const into = Buffer.alloc(tagBytes);
          tag({ workspace: "w", campaignId, distribution, n, gen }, into, 0, tagBytes);
          expect(into).toEqual(expected(key, { campaignId, distribution, n, gen }));
        }
      }
    }
  }
});

test("tags of more distributions than are kept at once stay what they were", () => {
  const key = randomBytes(32);
  const tag = createPageTagger(key);
  for (let index = 0; index < 200; index++) {
    const place = { campaignId: "c1", distribution: index % 70, n: 7, gen: 1 };
    const into = Buffer.alloc(tagBytes);
    tag({ workspace: "w", ...place }, into, 0, tagBytes);
    expect(into).toEqual(expected(key, place));
  }
});

interface Place {
  readonly campaignId: string;
  readonly distribution: number;
  readonly n: number;
  readonly gen: number;
}

function expected(key: Buffer, { campaignId, distribution, n, gen }: Place): Buffer {
  const block = Buffer.alloc(tagBytes);
  block.writeUInt32BE(distribution, 0);
  block.writeUInt32BE(n, 4);
  block.writeUInt8(gen, 8);
  const owned = createHmac("sha256", key).update(`w\n${campaignId}\n`).digest();
  const cipher = createCipheriv("aes-256-ecb", owned, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

// They are in mails and at providers, and have to stay valid: "hmac" as the first version wrote it.
const secret = Buffer.alloc(32, 7);
const owner = {
  workspace: "00000000-0000-7000-8000-000000000001",
  campaignId: "00000000-0000-7000-8000-0000000000c1",
};
const place = { distribution: 4_294_967_295, n: 1_000_000 };
const first = { ...owner, distribution: 1, n: 1, gen: 1 };
const far = { ...owner, ...place, gen: 3 };

test("the key of a message stays what it was, in the form of its launch", () => {
  const keys = createKeys(secret);
  expect(keys.of({ ...first, keyForm: "hmac" })).toBe("aaaaaaiaaaaacanycpfcnjodsynn2");
  expect(keys.of({ ...far, keyForm: "hmac" })).toBe("777777yab5beaa5abla3rrxvpadas");
  expect(keys.of({ ...first, keyForm: "page" })).toBe("aaaaaaiaaaaacand3jsb344nzvsx4");
  expect(keys.of({ ...far, keyForm: "page" })).toBe("777777yab5beaazqvk75hmewxnpsm");
});

test("a leave link stays what it was, and one of the first version is still taken", () => {
  const links = createLeaveLinks(secret, "https://example.org");
  const token = "_____wAPQkCGSSaxycBkdUixAKy_Vztt";
  expect(links.urlOf({ ...owner, ...place })).toBe(`https://example.org/r/u/${token}`);
  const before = "_____wAPQkDu5C6lR-H2N2Xd3wnNumEj";
  expect(links.verify(before, { ...owner, ...place })).toBe(true);
  expect(links.verify(before, { ...owner, ...place, n: 1 })).toBe(false);
  expect(links.verify(before, { ...owner, campaignId: "c2", ...place })).toBe(false);
});

test("a key and a link are read back and verified, and nobody else's are", () => {
  const keys = createKeys(secret);
  for (const keyForm of keyForms) {
    const key = keys.of({ ...far, keyForm });
    expect(keys.read(key)).toEqual({ ...place, gen: 3 });
    expect(keys.verify(key, { ...far, keyForm })).toBe(true);
    expect(keys.verify(key, { ...far, keyForm, campaignId: "c2" })).toBe(false);
    expect(keys.verify(key, { ...far, keyForm, gen: 2 })).toBe(false);
    const other = keyForm === "page" ? "hmac" : "page";
    expect(keys.verify(key, { ...far, keyForm: other })).toBe(false);
  }
  const links = createLeaveLinks(secret, "https://example.org");
  const token = links.urlOf({ ...owner, ...place }).slice(-32);
  expect(links.read(token)).toEqual(place);
  expect(links.verify(token, { ...owner, ...place })).toBe(true);
  expect(links.verify(token, { ...owner, ...place, n: 1 })).toBe(false);
});
