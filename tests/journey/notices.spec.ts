// Being told outside of the app: a person chooses how in Settings, and what is pushed to the device
// is shown with the campaign it is about.
import { expect, test, type Page } from "@playwright/test";
import { make, openDevice, prepareWorkspace, untilInstalled } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { SmtpSink } from "../support/smtp-sink.ts";
import { expectAccessible, expectFits } from "../support/usable.ts";

let server: RealServer;
let mails: SmtpSink;

test.beforeAll(async () => {
  [server, mails] = await Promise.all([RealServer.open(), SmtpSink.open()]);
});

test.afterAll(async () => {
  await Promise.all([server.close(), mails.close()]);
});

test("S1-D2 each person chooses how a pause by the system reaches them, and a push is shown on the device", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const { admin, api } = await prepareWorkspace(server);
  const settings = { host: "127.0.0.1", port: mails.port, from: "notices@example.org" };
  const account = { name: "Notices by mail", channel: "email", provider: "smtp", settings };
  const accountId = await make(api, "/accounts", account);
  const page = await openDevice(browser, server, admin, { permissions: ["notifications"] });
  await page.goto("/settings?tab=notices");
  const mail = page.getByRole("checkbox", { name: "E-mail" });
  await expect(mail).toBeChecked();
  await page.getByLabel("Account for notices").selectOption("Notices by mail");
  await expect.poll(async () => (await api.get("/notices")).body).toMatchObject({ accountId });
  await mail.uncheck();
  // "Saved" may still be said of the account: what is under way takes no other change.
  await expect(mail).toBeEnabled();
  await expect(mail).not.toBeChecked();
  await expect(page.getByText("Saved").first()).toBeVisible();
  await page.reload();
  await expect(mail).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Notifications on my devices" })).toBeChecked();
  for (const [width, colorScheme] of [
    [360, "dark"],
    [820, "light"],
    [1280, "light"],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await expectFits(page, `${width} wide`);
    await expectAccessible(page);
  }

  await untilInstalled(page);
  const campaign = `${server.url}/campaigns/00000000-0000-7000-8000-0000000000c1`;
  const notification = { title: "Spring: paused", body: "Why.", navigate: campaign, tag: "k1" };
  const push = await pusher(page);
  await push(JSON.stringify({ web_push: 8030, notification }));
  expect(await shown(page)).toEqual([
    { title: "Spring: paused", body: "Why.", tag: "k1", data: { navigate: campaign } },
  ]);
  // Told again under its key, it takes the place of the first; what nobody can read is shown too.
  await push(JSON.stringify({ web_push: 8030, notification }));
  await push("no JSON");
  expect((await shown(page)).map(({ title }) => title).toSorted()).toEqual([
    "Fieldcast needs you",
    "Spring: paused",
  ]);
  await page.context().close();
});

/**
 * Hands the service worker a push as the browser does when a push service sent one, and waits until
 * it has shown it. Who asks Chromium what is shown meanwhile makes it forget what is not on the
 * screen yet.
 */
async function pusher(page: Page): Promise<(data: string) => Promise<void>> {
  const [worker] = page.context().serviceWorkers();
  if (worker === undefined) throw new Error("The page has no service worker");
  await worker.evaluate(countShown);
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) resolve(first.registrationId);
    });
  });
  await cdp.send("ServiceWorker.enable");
  const registrationId = await registered;
  let pushed = 0;
  return async (data) => {
    await cdp.send("ServiceWorker.deliverPushMessage", {
      origin: server.url,
      registrationId,
      data,
    });
    pushed += 1;
    await expect.poll(() => worker.evaluate(() => Reflect.get(self, "shown"))).toBe(pushed);
  };
}

/** In the service worker: counts in `self.shown` what it was told to show, once that is done. */
function countShown(): void {
  const registration: unknown = Reflect.get(self, "registration");
  if (!(registration instanceof ServiceWorkerRegistration)) throw new Error("No service worker");
  const show = registration.showNotification.bind(registration);
  Reflect.set(self, "shown", 0);
  registration.showNotification = async (...said) => {
    await show(...said);
    Reflect.set(self, "shown", Number(Reflect.get(self, "shown")) + 1);
  };
}

function shown(page: Page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    return all.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
  });
}
