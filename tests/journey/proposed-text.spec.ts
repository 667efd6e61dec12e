// Another text for a campaign that is live, where launches are approved: one person proposes it,
// the campaign goes on, and another person reads it and says yes.
import { expect, test } from "@playwright/test";
import {
  addMember,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

test("S0-D1 S0-D7 a text is proposed while the campaign is live, and goes out once another person agreed", async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  await importPeople(api, 3);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Sandbox", "email");
  const content = { subject: "Thank you", text: "Thank you" };
  const fields = { name: "Thanks", type: "email", audienceId, accountId, content };
  const id = await make(api, "/campaigns", fields);
  await api.post(`/campaigns/${id}/live`, { trigger: { event: "order_paid" } });
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "active");
  const sending = { quietHours: null, delayMinutes: 0, approval: true };
  await api.patch("/workspace", { access: { fieldMaySend: false, sending } });
  const mia = await addMember(api, "manager", "Mia");

  const office = await openDevice(browser, server, admin);
  await office.goto(`/campaigns/${id}/edit`);
  await expect(office.getByText(/until then it goes on with the one it has/)).toBeVisible();
  await office.getByRole("textbox", { name: "Text", exact: true }).fill("Thank you so much");
  await office.getByRole("button", { name: "Save the new text" }).click();
  await expect(office.getByText(/It goes on with the text it has/)).toBeVisible();
  await expectAccessible(office);

  const phone = await openDevice(browser, server, mia, { viewport: { width: 360, height: 740 } });
  await expect(phone.getByText("Waits for your approval")).toBeVisible();
  await phone.goto(`/campaigns/${id}`);
  await expect(phone.getByText("Thank you so much")).toBeVisible();
  await expectAccessible(phone);
  await phone.getByRole("button", { name: "Approve" }).click();
  await api.until(
    `/campaigns/${id}`,
    ({ phase, proposed }) => phase === "active" && proposed === null,
  );
  expect((await api.get(`/campaigns/${id}`)).body).toMatchObject({
    content: { text: "Thank you so much" },
  });
  await expect(phone.getByText("The new text")).toBeHidden();
  await office.context().close();
  await phone.context().close();
  await server.close();
});
