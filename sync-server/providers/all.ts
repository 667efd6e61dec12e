/** Every provider there is. */
import type { ProviderName } from "#domain/campaign/account.ts";
import type { Provider } from "./provider.ts";
import { sandbox } from "./sandbox.ts";
import { smtp } from "./smtp.ts";
import { webhook } from "./webhook.ts";

export const providers = { sandbox, smtp, webhook } as const satisfies Record<
  ProviderName,
  Provider
>;

/** Providers that act once on a repeated key. */
export const keyedProviders: readonly ProviderName[] = Object.values(providers)
  .filter((provider) => provider.honoursKeys)
  .map((provider) => provider.name);
