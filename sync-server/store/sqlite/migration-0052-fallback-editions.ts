/** Each text of a campaign that was edited has the text message beside it that goes out instead; null: as it was launched. */
export const fallbackEditions = `
alter table edition add column fallback text;
`;
