/** What a campaign has cost: the price at its launch, and how much of it a provider has taken. */
export const costs = `
-- As JSON; null where the account had none.
alter table distribution add column price text;
-- Segments (messages, on other channels) of every send that a provider took.
alter table distribution add column billed integer not null default 0;
`;
