/** Messages by their carrier: a list of the few of one among many reads only these. */
export const byCarrier = `
create index message_carrier on message (ws, distribution, carrier, n) where carrier <> 0;
`;
