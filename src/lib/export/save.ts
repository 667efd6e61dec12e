/** Hands a file to the person: a download, or the share sheet where a page cannot download. */

/** A name that every file system takes: `spring-sale-recipients-2026-11-21.csv`. */
export function fileName(words: readonly string[], ending: string): string {
  const name = words
    .join(" ")
    .normalize("NFKC")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "")
    .toLowerCase()
    .slice(0, 80);
  return `${name === "" ? "export" : name}.${ending}`;
}

export function saveFile(name: string, type: string, pieces: readonly BlobPart[]): void {
  const address = URL.createObjectURL(new Blob([...pieces], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
