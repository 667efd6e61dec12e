/** What every provider promises, run on each of them against a real other side. */
import type { Provider, Carrier, Outgoing, Settings } from "#server/providers/provider.ts";
import { honoursKeys, secretsOf, summaryOf } from "#server/providers/provider.ts";
import { declarationProblem } from "#server/providers/declaration.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

/** The other side of a provider, as a test sets it up. */
export interface OtherSide {
  /** Settings that lead there. */
  readonly settings: Settings;
  /** Settings of which one is wrong, with its name. */
  readonly wrongSettings: { readonly settings: Settings; readonly field: string };
  /** Settings that lead to nobody. */
  readonly deadSettings?: Settings;
  /** Makes the next message refused for good. */
  refuseNext?(): void;
  /** Makes the next message refused for now. */
  delayNext?(): void;
  /** Takes the next message and never answers it properly. */
  loseNext?(): void;
  /** Texts that arrived, by recipient; null when the other side keeps none. */
  received(): readonly { readonly to: string; readonly text: string }[] | null;
  close(): Promise<void>;
}

export function aMessage(over: Partial<Outgoing> = {}): Outgoing {
  return {
    key: "aaaaaaabaaaaaaaaabcdefghijkl",
    channel: "email",
    to: "ana@example.org",
    content: { subject: "Hi", text: "Hello Ana", html: "" },
    headers: {},
    ...over,
  };
}

export function providerContract(provider: Provider, openOther: () => Promise<OtherSide>): void {
  describe(`the provider ${provider.name}`, () => {
    let other: OtherSide;
    let carrier: Carrier;

    beforeEach(async () => {
      other = await openOther();
      carrier = openCarrier(provider, other.settings);
    });
    afterEach(async () => {
      await carrier.close();
      await other.close();
    });

    test("hands a message over, and says that it was accepted", async () => {
      expect(await carrier.send(aMessage())).toMatchObject({ outcome: "accepted" });
      const received = other.received();
      if (received !== null) {
        expect(received).toEqual([{ to: "ana@example.org", text: "Hello Ana" }]);
      }
    });

    test("tells a refusal for good from one for now", async () => {
      if (other.refuseNext === undefined || other.delayNext === undefined) return;
      other.refuseNext();
      expect(await carrier.send(aMessage())).toMatchObject({ outcome: "refused" });
      other.delayNext();
      expect(await carrier.send(aMessage())).toMatchObject({ outcome: "later" });
      expect(await carrier.send(aMessage())).toMatchObject({ outcome: "accepted" });
    });

    test("never calls a lost answer a failure", async () => {
      if (other.loseNext === undefined) return;
      other.loseNext();
      expect(await carrier.send(aMessage())).toMatchObject({ outcome: "unknown" });
    });

    test("knows that nothing was sent when nobody is there", async () => {
      if (other.deadSettings === undefined) return;
      const dead = openCarrier(provider, other.deadSettings);
      const outcome = await dead.send(aMessage());
      expect(outcome).toMatchObject({ outcome: "later", reason: "network_error" });
      expect((await dead.check()).ok).toBe(false);
      await dead.close();
    });

    test("checks its settings without sending anything", async () => {
      expect((await carrier.check()).ok).toBe(true);
      expect(other.received() ?? []).toEqual([]);
    });

    test("names the setting that is wrong, and one that it does not know", () => {
      const { settings, field } = other.wrongSettings;
      expect(provider.parse(settings)).toMatchObject({ ok: false, error: { field } });
      const unknown = provider.parse({ ...other.settings, nonsense: 1 });
      expect(unknown).toMatchObject({ ok: false, error: { field: "nonsense" } });
    });

    test("declares itself so that the server takes it, and knows every setting of its form", () => {
      expect(declarationProblem(provider)).toBeNull();
      for (const { name, default: first } of provider.fields) {
        const parsed = provider.parse({ ...other.settings, [name]: first });
        expect(parsed.ok ? "" : parsed.error.detail).not.toContain("is not a setting");
      }
      const filled = provider.fields.filter((field) => field.default !== "");
      const defaults = Object.fromEntries(filled.map((field) => [field.name, field.default]));
      expect(provider.parse({ ...defaults, ...other.settings })).toMatchObject({ ok: true });
    });

    test("refuses what nobody vouches for and what nobody understands, and never throws", () => {
      const settings = { ...other.settings, ...secretsFor(provider) };
      const parsed = provider.parse(settings);
      if (!parsed.ok) throw new Error(parsed.error.detail);
      for (const read of [provider.readReceipts, provider.readReplies]) {
        for (const body of garbage) {
          const request = { url: "http://localhost/x?y=%", headers: {}, body, now: 1 };
          expect(read?.(request, parsed.value).ok ?? false).toBe(false);
        }
      }
    });

    test("shows no secret among what may be seen", () => {
      const parsed = provider.parse({ ...other.settings, ...secretsFor(provider) });
      if (!parsed.ok) throw new Error(parsed.error.detail);
      expect(JSON.stringify(summaryOf(provider, parsed.value))).not.toContain("s3cret-value");
    });

    test("answers the same story for the same key where it honours keys", async () => {
      if (!honoursKeys(provider)) return;
      const first = await carrier.send(aMessage());
      const second = await carrier.send(aMessage());
      expect(second).toEqual(first);
      expect((other.received() ?? []).length).toBeLessThanOrEqual(1);
    });
  });
}

const garbage = [
  "",
  "{",
  "[]",
  "null",
  "a=b&c",
  "<x/>",
  "\u0000\uFFFD".repeat(1_000),
  "[".repeat(9_999),
];

function secretsFor(provider: Provider): Settings {
  return Object.fromEntries(secretsOf(provider).map((name) => [name, "s3cret-value"]));
}

function openCarrier(provider: Provider, settings: Settings): Carrier {
  const parsed = provider.parse(settings);
  if (!parsed.ok) throw new Error(parsed.error.detail);
  return provider.open(parsed.value, {
    clock: Date.now,
    privateTargets: true,
    callbackUrl: "http://localhost/api/v1/receipts/x",
    concurrency: 5,
  });
}
