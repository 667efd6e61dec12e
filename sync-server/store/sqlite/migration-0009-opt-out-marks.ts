/** That somebody left through a message is a mark of it, counted as the others are. */
export const optOutMarks = `
drop table opt_out;
alter table distribution drop column opted_out;
`;
