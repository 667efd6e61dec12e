/** Messages that were not sent or did not arrive, by why: a list of few among many reads only these. */
export const stopped = `
create index message_stopped on message (ws, distribution, reason, n) where state in (6, 8, 9);
`;
