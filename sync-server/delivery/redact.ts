/** Providers repeat the recipient in their words; everybody in a workspace reads the activity. */
export function withoutAddresses(words: string): string {
  return words.replaceAll(/[^\s<>"']+@[^\s<>"']+/g, "•••@•••").replaceAll(/\+?\d{7,15}/g, "•••");
}
