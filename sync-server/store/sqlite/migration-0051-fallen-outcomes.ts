/** What was for recipients of campaigns of two channels is noted anew, each under its own channel. */
export const fallenOutcomes = `
delete from outcome where distribution in (select distribution from fallback);
delete from reached where channel = 'email' and address not like '%@%';
delete from unreachable where channel = 'email' and address not like '%@%';
update chunk set noted = -1 where distribution in (select distribution from fallback);
update distribution set noted = -1 where seq in (select distribution from fallback);
`;
