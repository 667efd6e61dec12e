/** What a campaign needs before it can go out, made over REST: contacts, an audience, an account that writes to nobody. */
import { waitFor, type RestClient } from "./rest-client.ts";

export interface Made {
  readonly id: string;
}

export interface CampaignParts {
  readonly audienceId: string;
  readonly accountId: string;
}

const twoPeople =
  "email,first_name,email_consent\nann@example.org,Ann,yes\nbob@example.org,Bob,yes";

/** Imports the contacts of a CSV file. */
export async function importCsv(api: RestClient, csv: string): Promise<void> {
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
  );
}

/** Ann and Bob, unless told otherwise; all of them are the audience. */
export async function makeParts(api: RestClient, csv = twoPeople): Promise<CampaignParts> {
  await importCsv(api, csv);
  const audience = await api.post<Made>("/audiences", { name: "All", rule: { kind: "all" } });
  const account = await api.post<Made>("/accounts", {
    name: "Sandbox",
    channel: "email",
    provider: "sandbox",
    // Everything arrives, and nothing is silent for a minute.
    settings: { failurePercent: 0, unconfirmedPercent: 0 },
  });
  return { audienceId: audience.id, accountId: account.id };
}
