/** For which campaigns something was told too late, as JSON: who tells it again is answered as before. null: for none. */
export const lateEvents = `
alter table happening add column too_late text;
`;
