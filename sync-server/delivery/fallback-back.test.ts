// What a message that went on by the second channel is to its recipient: how they leave, what is
// erased of them, and where it stands once the first channel reached them after all.
import { expect, test } from "vitest";
import { hourMs } from "#domain/core/time.ts";
import {
  aFallingCampaign,
  refusedFor,
  smsAccountId,
  type Falling,
} from "../../tests/support/delivery/fallen.ts";
import { accepted } from "../../tests/support/delivery/fake-carrier.ts";
import { accountId, campaignId, workspace } from "../../tests/support/delivery/world.ts";

const email = "person1@example.org";
const phone = "+491510000001";
/** One person whom the e-mail did not reach, and whose text message waits for its proof. */
async function aFallen(over: Falling = {}) {
  const it = await aFallingCampaign({
    contacts: [{ phone }],
    email: () => refusedFor("not_capable"),
    smsAccount: { receipts: "push", receiptWindowMs: hourMs },
    sms: () => accepted,
    ...over,
  });
  const { clock, db, mails, store, texts, until } = it;
  await until("settling");
  const distribution = Number(db.get("select seq from distribution")?.["seq"]);
  const consents = () => {
    const rows = db.all("select channel, granted from consent where contact = 1");
    return Object.fromEntries(rows.map((row) => [String(row["channel"]), row["granted"] === 1]));
  };
  const reply = (key: string | undefined) => ({
    from: "",
    text: "STOP",
    isComplaint: false,
    key: key ?? "",
    at: clock.now,
  });
  const arriveFirst = async () => {
    const proof = {
      n: 1,
      gen: 1,
      state: "delivered",
      reason: "none",
      code: "",
      words: "",
    } as const;
    const proofs = [{ ...proof, at: clock.now }];
    await store.delivery.prove({ distribution, proofs, now: clock.now });
    await until("completed");
  };
  const keys = { mail: mails.calls[0]?.key, text: texts.calls[0]?.key };
  return { ...it, distribution, consents, reply, arriveFirst, keys };
}

test("who was reached by e-mail after all has its address again, wherever they are told of", async () => {
  const { arriveFirst, db, store } = await aFallen();
  const page = { states: [], carrier: null, q: null, inAddress: true, limit: 10 };
  const { limit, ...named } = page;
  const filter = { ...named, reasons: [], edition: null };
  const rows = () => store.reports.rows({ workspace, campaignId, filter, after: 0, limit });
  const asked = { ...page, workspace, campaignId, channel: null, direction: null, after: null };
  const log = async () =>
    (await store.reports.log({ ...asked, from: -Infinity, to: Infinity })).rows;
  const blocks = async () =>
    (await store.reports.blocks({ workspace, campaignId, rowsPerBlock: 500 }))?.blocks[0]?.fallen;
  expect(await rows()).toMatchObject([{ address: phone, channel: "sms" }]);
  expect(await log()).toMatchObject([{ address: phone, channel: "sms" }]);
  const before = await blocks();
  await arriveFirst();
  expect(await rows()).toMatchObject([{ address: email, channel: "email" }]);
  expect(await log()).toMatchObject([{ address: email, channel: "email" }]);
  // Devices fetch the address of the row again.
  expect(await blocks()).not.toBe(before);
  expect(db.all("select address from fallen")).toEqual([{ address: phone }]);
});

test("what the text message cost by its number's rate is right when the e-mail arrived after all", async () => {
  const rates = [{ prefix: "+49", perUnit: 0.2 }];
  const { arriveFirst, store } = await aFallen({
    storedSms: { price: { currency: "EUR", perUnit: 0.5, rates } },
  });
  expect(await store.delivery.findings({})).toEqual([]);
  await arriveFirst();
  expect(await store.delivery.findings({})).toEqual([]);
});

test("[S54] nothing of both addresses stays of who is erased, and none comes back", async () => {
  const { arriveFirst, clock, db, store } = await aFallen();
  const id = String(db.get("select id from contact where seq = 1")?.["id"]);
  const messages = await store.contacts.messagesOf({ workspace, id });
  await store.contacts.eraseContact({ workspace, id, messages, by: null, now: clock.now });
  const addresses = () =>
    db.all("select address from message union all select address from fallen");
  expect(addresses()).toEqual([{ address: "" }, { address: "" }]);
  await arriveFirst();
  expect(addresses()).toEqual([{ address: "" }, { address: "" }]);
});

const [mailAccount, textAccount] = [
  { workspace, accountId, channel: "email" },
  { workspace, accountId: smsAccountId, channel: "sms" },
] as const;

test("the link of the text message stops text messages, and no e-mail", async () => {
  const { clock, consents, db, distribution, store } = await aFallen();
  const place = { distribution, n: 1 };
  expect(await store.limits.leaving(place)).toMatchObject({
    channel: "sms",
    address: phone,
    isSubscribed: true,
  });
  const said = { ...place, source: "link", now: clock.now };
  await store.limits.optOut(said);
  expect(consents()).toEqual({ email: true, sms: false });
  const told = db.get("select detail from activity where event = 'engine.opted_out'");
  expect(JSON.parse(String(told?.["detail"]))).toMatchObject({ channel: "sms" });
  await store.limits.comeBack(said);
  expect(consents()).toEqual({ email: true, sms: true });
});

test("STOP that comes through the second account with our key alone stops text messages", async () => {
  const { consents, core, keys, reply } = await aFallen();
  expect(await core.listen(textAccount, [reply(keys.text)])).toBe(1);
  expect(consents()).toEqual({ email: true, sms: false });
});

test("STOP still stops text messages when the e-mail arrived after all, and its link e-mail", async () => {
  const { arriveFirst, clock, consents, core, distribution, keys, reply, store } = await aFallen();
  await arriveFirst();
  expect(await core.listen(textAccount, [reply(keys.text)])).toBe(1);
  expect(consents()).toEqual({ email: true, sms: false });
  await store.limits.optOut({ distribution, n: 1, source: "link", now: clock.now });
  expect(consents()).toEqual({ email: false, sms: false });
});

test("a complaint of the e-mail is about the address that it went to, not about the phone", async () => {
  const { consents, core, db, keys, reply } = await aFallen();
  const complaint = { ...reply(keys.mail), text: "", isComplaint: true };
  expect(await core.listen(mailAccount, [complaint])).toBe(1);
  expect(db.all("select kind, address, reason from suppression")).toEqual([
    { kind: "email", address: email, reason: "complained" },
  ]);
  expect(consents()).toEqual({ email: false, sms: true });
});
