/** How the keys of a distribution's messages are made; what was launched before keeps its own way. */
export const keyForm = `
alter table distribution add column key_form text not null default 'hmac';
`;
