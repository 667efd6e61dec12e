/**
 * Every id that a device or the server makes is a UUIDv7 in lower-case text: unique without
 * asking anybody, and sorted by the time it was made. The rules never make ids; they are given.
 */
export type Id = string;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isId(text: string): boolean {
  return uuidPattern.test(text);
}
