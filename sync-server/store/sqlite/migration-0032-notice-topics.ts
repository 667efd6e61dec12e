/** What a person wants to hear of outside of the app, beside where. */
export const noticeTopics = `
alter table notice_choice add column finished text not null default 'own';
alter table notice_choice add column approval integer not null default 1;
`;
