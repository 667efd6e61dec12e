// A text message to whoever an e-mail does not reach: written without a network, looked at before
// the launch, and told in the report without counting anybody twice.
import { expect, test } from "@playwright/test";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectFitsAll } from "../support/usable.ts";

test("1.3 who cannot be reached by e-mail gets a text message, written offline and counted once", async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 12);
    const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
    const failing = { failurePercent: 100, failures: { not_capable: 1 } };
    const guards = { breaker: "provider", failurePercent: null };
    const accountId = await makeSandbox(api, "Mails", "email", { ...failing, guards });
    await makeSandbox(api, "Texts", "sms");
    const content = { subject: "Hello", text: "Hello {{ unsubscribe_url }}", html: "" };
    const fields = { name: "By any way", type: "email", audienceId, accountId, content };
    const id = await make(api, "/campaigns", fields);

    const page = await openDevice(browser, server, admin);
    await untilInstalled(page);
    await page.goto(`/campaigns/${id}/edit?step=content`);
    const label = "If somebody cannot be reached this way, send a text message instead";
    await expect(page.getByRole("checkbox", { name: label })).toBeVisible();
    await page.context().setOffline(true);
    await page.getByRole("checkbox", { name: label }).check();
    await page
      .getByRole("textbox", { name: "Text message instead" })
      .fill("Hi {{ first_name }}, call us.");
    const preview = page.getByRole("region", { name: "Preview of the text message" });
    await expect(preview.getByText("Hi Ana, call us.")).toBeVisible();
    await expect(preview.getByText("1 segment for this person")).toBeVisible();
    await page.getByLabel("Sending account").selectOption({ label: "Texts (sandbox)" });
    await expectFitsAll(page);
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await page.goto(`/campaigns/${id}/edit?step=review`);
    await page.context().setOffline(false);
    await reconnect(page);
    const read = await api.until(`/campaigns/${id}`, ({ fallback }) => fallback !== null, 20_000);
    expect(read.body).toMatchObject({ fallback: { text: "Hi {{ first_name }}, call us." } });

    await expect(page.getByText("up to 12, should they not be reached")).toBeVisible();
    await expect(page.getByText("12 segments", { exact: true })).toBeVisible();
    await expectFitsAll(page);

    expect((await api.post(`/campaigns/${id}/send`, {})).status).toBeLessThan(300);
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
    await page.goto(`/campaigns/${id}`);
    const card = page.getByRole("heading", { name: "By a text message instead" });
    await expect(card).toBeVisible();
    await expect(page.getByText(/^12 recipients could not be reached by E-mail/)).toBeVisible();
    await expectFitsAll(page);
    await page.goto(`/campaigns/${id}?tab=content`);
    await expect(page.getByRole("heading", { name: "Text message instead" })).toBeVisible();
    await expectFitsAll(page);
  } finally {
    await server.close();
  }
});

const person =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";

test("S1-15 S1-16 clicks on the links of the text message stand at its words, as those of the e-mail do", async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await RealServer.open();
  const sink = await WebhookSink.open({ reports: true });
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 3);
    const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
    const failing = { failurePercent: 100, failures: { not_capable: 1 } };
    const guards = { breaker: "provider", failurePercent: null };
    const accountId = await makeSandbox(api, "Mails", "email", { ...failing, guards });
    const hook = { name: "Texts", channel: "sms", provider: "webhook" };
    const texts = await make(api, "/accounts", { ...hook, settings: { url: sink.url } });
    const text = "Hello https://shop.example/both {{ unsubscribe_url }}";
    const id = await make(api, "/campaigns", {
      name: "By any way",
      type: "email",
      audienceId,
      accountId,
      trackLinks: true,
      content: { subject: "Hello", text, html: "" },
      fallback: {
        accountId: texts,
        text: "See https://shop.example/sale or https://shop.example/both",
      },
    });
    expect((await api.post(`/campaigns/${id}/send`, {})).status).toBeLessThan(300);
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
    const sent = sink.sentTo("+12025550000").at(-1)?.content.text ?? "";
    const [sale] = sent.match(/http:\/\/localhost:\d+\/r\/[\w-]{20}(?![\w-])/g) ?? [];
    const led = await fetch(sale ?? "", { redirect: "manual", headers: { "user-agent": person } });
    expect(led.headers.get("location")).toBe("https://shop.example/sale");
    await api.until(`/campaigns/${id}/links`, ({ people }) => isOne(people), 60_000);

    const page = await openDevice(browser, server, admin);
    await page.goto(`/campaigns/${id}?tab=content`);
    const clicked = page.getByRole("img", { name: /: 1 recipient, 1 click$/ });
    const none = page.getByRole("img", { name: /: 0 recipients, 0 clicks$/ });
    await expect(clicked).toBeVisible();
    // The link that both have stands in both, and neither is one of an earlier text.
    await expect(none).toHaveCount(2);
    const words = page.locator("div").filter({ hasText: /^See https/ });
    await expect(words.getByRole("img").first()).toHaveText("1 / 1");
    await expect(page.getByText("counted together")).toHaveCount(1);
    await expect(page.getByText("Links of earlier texts are told there.")).toHaveCount(0);
    await expectFitsAll(page);
  } finally {
    await server.close();
    await sink.close();
  }
});

function isOne(people: unknown): boolean {
  return JSON.stringify(people) === JSON.stringify({ total: 1, unique: 1 });
}
