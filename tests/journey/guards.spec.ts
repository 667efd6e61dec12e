// A sending account that is refused: every screen that shows the campaign says why it stands
// still and what to do, and the person who mends the account sends on from there.
import { expect, test, type Page } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

let server: RealServer;
let page: Page;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("AMB-10 S3-28 a pause by the system is told on the card, the campaign, Needs attention and the account, and ends when a person resumes", async ({
  browser,
}) => {
  // Three looks for accessibility take their time on a busy machine.
  test.setTimeout(120_000);
  const workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, 30);
  const audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Broken SMS", "sms", {
    failurePercent: 100,
    failures: { auth_failed: 1 },
  });
  const content = { subject: "", text: "Hello", html: "" };
  const id = await make(api, "/campaigns", {
    name: "Autumn news",
    type: "sms",
    content,
    audienceId,
    accountId,
  });
  await api.post(`/campaigns/${id}/send`, {});
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "paused", 20_000);

  page = await openDevice(browser, server, workspace.admin);
  const why = "Paused because the provider refuses the account";
  await page.goto("/campaigns");
  await expect(page.getByRole("article").getByText(why)).toBeVisible();
  await expect(page.getByRole("link", { name: "Needs attention: 1" })).toBeVisible();

  await page.goto("/attention");
  await expect(page.getByText(why)).toBeVisible();
  await expect(page.getByText(/it will be canceled/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Open Autumn news" }).click();
  await expect(page.getByText(why)).toBeVisible();
  await expect(page.getByText(/it will be canceled/)).toBeVisible();
  await expectAccessible(page);

  await page.goto("/settings?tab=accounts");
  await expect(page.getByText(/Stands still since/)).toBeVisible();
  await page.getByRole("button", { name: "Edit Broken SMS" }).click();
  await page.getByText("Price, warm-up, more limits and pauses").click();
  await page.getByRole("textbox", { name: "Seconds between messages to one person" }).fill("2");
  await expectAccessible(page);
  await page.getByRole("textbox", { name: "Messages that fail (%)" }).fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.goto(`/campaigns/${id}`);
  await page.getByRole("button", { name: "Resume" }).click();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 30_000);
  await expect(page.getByText(why)).toBeHidden();

  // Where it is tried again by itself, that is told as well, each sentence apart from the next.
  const failing = await makeSandbox(api, "Failing mail", "email", {
    failurePercent: 100,
    failures: { content_rejected: 1 },
  });
  const mail = { ...content, subject: "Winter" };
  const fields = { name: "Winter news", type: "email", content: mail, audienceId };
  const other = await make(api, "/campaigns", { ...fields, accountId: failing });
  await api.post(`/campaigns/${other}/send`, {});
  await api.until(`/campaigns/${other}`, ({ phase }) => phase === "paused", 20_000);
  await page.goto(`/campaigns/${other}`);
  await expect(page.getByText(/once it is taken\. ?Unless it goes on by/)).toHaveText(
    /once it is taken\. Unless it goes on by/,
  );
});
