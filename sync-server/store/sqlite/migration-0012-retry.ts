/**
 * Sending again by a person's will. run: 1 at the launch, one more with each retry; picks: what the
 * last one was about, as JSON; the stage `retrying` goes through the messages by `cursor`.
 */
export const retry = `
alter table distribution add column run integer not null default 1;
alter table distribution add column picks text not null default '[]';
`;
