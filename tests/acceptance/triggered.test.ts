// A campaign that waits for an event, on the real server over REST.
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { makeParts, type CampaignParts, type Made } from "../support/delivery/rest-parts.ts";
import { RealServer } from "../support/real-server.ts";

interface Taken {
  readonly state: string;
  readonly entered: readonly string[];
}

interface Rows {
  readonly items: readonly { readonly address: string; readonly state: string }[];
}

interface Asked {
  readonly approval: { readonly contentHash: string };
}

let server: RealServer;
let api: RestClient;
let parts: CampaignParts;

beforeAll(async () => {
  server = await RealServer.open();
  api = await RestClient.setUp(server);
  parts = await makeParts(
    api,
    "email,email_consent\nann@example.org,yes\nbob@example.org,yes\neve@example.org,no",
  );
}, 60_000);

afterAll(() => server.close());

test(
  "S0-D1 S0-38 S0-44 S0-48 a campaign waits for an event, brings each person in once, survives a kill and ends",
  { timeout: 120_000 },
  async () => {
    const { id } = await api.post<Made>("/campaigns", {
      name: "Thank you",
      type: "email",
      content: { subject: "Hi", text: "Thank you" },
      ...parts,
    });
    const wrong = { trigger: { event: "Code Redeemed" } };
    expect(await api.refused("POST", `/campaigns/${id}/live`, wrong)).toMatchObject({
      field: "trigger.event",
    });
    await api.post(`/campaigns/${id}/live`, { trigger: { event: "code_redeemed" } });
    await waitFor(
      () => api.get<{ readonly phase: string }>(`/campaigns/${id}`),
      ({ phase }) => phase === "active",
    );
    const tell = (event: string, email: string) =>
      api.post<Taken>("/events", { id: event, name: "code_redeemed", contact: { email } });

    expect(await tell("1", "Ann@Example.org")).toEqual({
      id: "1",
      state: "accepted",
      entered: [id],
    });
    const contact = { email: "bob@example.org" };
    const old = { id: "old", name: "code_redeemed", contact, at: "2025-01-31T12:00:00Z" };
    for (const state of ["accepted", "repeated"]) {
      const tooLate = { id: "old", state, entered: [], tooLate: [id] };
      expect(await api.post("/events", old)).toEqual(tooLate);
    }
    expect(await tell("2", "bob@example.org")).toMatchObject({ entered: [id] });
    // Killed right after the answers: what was answered is known, and what is told again is not done again.
    await server.kill();
    await server.start();
    expect(await tell("1", "ann@example.org")).toMatchObject({ state: "repeated", entered: [id] });
    expect(await tell("3", "ann@example.org")).toMatchObject({ state: "accepted", entered: [] });
    expect(await tell("4", "eve@example.org")).toMatchObject({ entered: [id] });
    const nobody = { id: "5", name: "code_redeemed", contact: { email: "who@example.org" } };
    expect(await api.refused("POST", "/events", nobody)).toMatchObject({ field: "contact" });

    const rows = await waitFor(
      () => api.get<Rows>(`/campaigns/${id}/messages`),
      ({ items }) => items.length === 4 && items.every(({ state }) => isOver.has(state)),
    );
    expect(rows.items.map(({ address, state }) => [address, state === "skipped"])).toEqual([
      ["ann@example.org", false],
      ["bob@example.org", true],
      ["bob@example.org", false],
      ["eve@example.org", true],
    ]);
    expect(await api.get(`/campaigns/${id}`)).toMatchObject({ phase: "active" });
    expect(await api.post(`/campaigns/${id}/pause`)).toMatchObject({ phase: "paused" });
    expect(await api.post(`/campaigns/${id}/resume`)).toMatchObject({ phase: "active" });
    await api.post(`/campaigns/${id}/end`);
    await waitFor(
      () => api.get<{ readonly phase: string }>(`/campaigns/${id}`),
      ({ phase }) => phase === "completed" || phase === "settling",
    );
    expect(await tell("6", "bob@example.org")).toMatchObject({ entered: [] });
  },
);

test("S0-D1 what the text takes of an event is checked before it is launched", async () => {
  const { id } = await api.post<Made>("/campaigns", {
    name: "Order",
    type: "email",
    content: { subject: "Hi", text: 'Thanks for {{ event.product | default: "it" }}' },
    ...parts,
  });
  for (const [path, body] of [
    ["send", {}],
    ["schedule", { at: new Date(Date.now() + 3_600_000).toISOString() }],
    ["live", { trigger: { kind: "entry" } }],
  ] as const) {
    expect(await api.refused("POST", `/campaigns/${id}/${path}`, body)).toMatchObject({
      field: "content.text",
      detail: expect.stringContaining("event.product"),
    });
  }
  await api.post(`/campaigns/${id}/live`, { trigger: { event: "order_paid" } });
});

test(
  "S0-D1 S0-D7 S2-52 its text is edited while it is live: nobody is paused for it, each text is kept, and where launches are approved the new one waits for a yes",
  { timeout: 90_000 },
  async () => {
    const { id } = await api.post<Made>("/campaigns", {
      name: "Welcome",
      type: "email",
      content: { subject: "Hi", text: "Welcome" },
      ...parts,
    });
    await api.post(`/campaigns/${id}/live`, { trigger: { event: "signed_up" } });
    await waitFor(
      () => api.get<{ readonly phase: string }>(`/campaigns/${id}`),
      ({ phase }) => phase === "active",
    );
    const enter = async (event: string, email: string, people: number): Promise<void> => {
      await api.post("/events", { id: event, name: "signed_up", contact: { email } });
      await waitFor(
        () => api.get<Rows>(`/campaigns/${id}/messages`),
        ({ items }) => items.length === people && items.every(({ state }) => isOver.has(state)),
      );
    };
    await enter("w1", "ann@example.org", 1);
    expect(await api.refused("PATCH", `/campaigns/${id}`, { audienceId: null })).toMatchObject({
      type: expect.stringContaining("already_sent"),
    });
    const text = "Welcome to the club";
    expect(await api.patch(`/campaigns/${id}`, { content: { text } })).toMatchObject({
      phase: "active",
      content: { text },
    });
    await enter("w2", "bob@example.org", 2);
    expect(await api.get(`/campaigns/${id}/editions`)).toMatchObject({
      items: [
        { n: 1, handed: 1, content: { text: "Welcome" } },
        { n: 2, handed: null, content: { text } },
      ],
    });

    const approval = { quietHours: null, delayMinutes: 0, approval: true };
    await api.patch("/workspace", { access: { fieldMaySend: false, sending: approval } });
    const proposed = { text: "Welcome home" };
    const asked = await api.patch<Asked>(`/campaigns/${id}`, { content: proposed });
    expect(asked).toMatchObject({ phase: "active", content: { text }, proposed });
    const cy = { email: "cy@example.org" };
    await api.post("/contacts/import", "email,email_consent\ncy@example.org,yes", "text/csv");
    await waitFor(
      () => api.get<Rows>(`/contacts?q=${cy.email}`),
      ({ items }) => items.length === 1,
    );
    await enter("w3", cy.email, 3);
    const { contentHash } = asked.approval;
    expect(await api.refused("POST", `/campaigns/${id}/approve`, { contentHash })).toMatchObject({
      type: expect.stringContaining("own_approval"),
    });
    const ben = await RestClient.withKey(server, "manager", "Ben");
    expect(await ben.post(`/campaigns/${id}/approve`, { contentHash })).toMatchObject({
      phase: "active",
      content: proposed,
      proposed: null,
    });
    expect(await api.get(`/campaigns/${id}/editions`)).toMatchObject({
      items: [{ handed: 1 }, { handed: 2, content: { text } }, { handed: null, content: proposed }],
    });
    const open = { quietHours: null, delayMinutes: 0, approval: false };
    await api.patch("/workspace", { access: { fieldMaySend: false, sending: open } });
    await api.post(`/campaigns/${id}/cancel`);
  },
);

const isOver = new Set(["delivered", "unconfirmed", "undelivered", "failed", "skipped"]);
