/** What a page of reports says of itself, read from where it stands: its files say the same. */

type Facts = readonly (readonly [name: string, value: string])[];

/** In one line: which days and campaigns it is of, as of when. */
export function pageNote(title: string): string {
  const about = plain(document.querySelector("main [data-about]"));
  return [title, about].filter((part) => part !== "").join(" · ");
}

/** With the address, which names every filter, and the figures that are no charts. */
export function pageFacts(): Facts {
  const about = plain(document.querySelector("main [data-about]"));
  const tiles = [...document.querySelectorAll<HTMLElement>("main [data-fact]")];
  return [
    ...(about === "" ? [] : [["Shown", about] as const]),
    ["Address", location.href],
    ...tiles.map((tile) => [tile.dataset["fact"] ?? "", valueOf(tile)] as const),
  ];
}

function valueOf(tile: HTMLElement): string {
  const values = [...tile.querySelectorAll("[data-value]")].map(plain);
  return values.filter((value) => value !== "").join(" · ");
}

function plain(element: Element | null): string {
  return element?.textContent.trim().replaceAll(/\s+/g, " ") ?? "";
}
