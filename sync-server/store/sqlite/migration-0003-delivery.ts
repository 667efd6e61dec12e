/** Messages, chunks, counters and what the engine remembers. */
export const delivery = `
`;
