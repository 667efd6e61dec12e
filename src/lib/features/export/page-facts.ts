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

/** What the page's filters are narrowed to, in one line; "": nothing. Days are told by what it is about. */
export function pageFilters(): string {
  const form = document.querySelector("main [role=search]");
  const pressed = [...(form?.querySelectorAll("[aria-pressed=true]") ?? [])].map(plain);
  const fields = form?.querySelectorAll<HTMLSelectElement | HTMLInputElement>(
    "select, input[type=search]",
  );
  const chosen = [...(fields ?? [])].flatMap((field) => {
    const value = chosenIn(field);
    const label = field.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
    return value === "" || label === "" ? [] : [`${label}: ${value}`];
  });
  return [...pressed, ...chosen].filter((part) => part !== "").join(" · ");
}

/** The first of a list is what it is left at. */
function chosenIn(field: HTMLSelectElement | HTMLInputElement): string {
  if (field instanceof HTMLInputElement) return field.value.trim();
  return field.selectedIndex > 0 ? plain(field.selectedOptions[0] ?? null) : "";
}

function valueOf(tile: HTMLElement): string {
  const values = [...tile.querySelectorAll("[data-value]")].map(plain);
  return values.filter((value) => value !== "").join(" · ");
}

function plain(element: Element | null): string {
  return element?.textContent.trim().replaceAll(/\s+/g, " ") ?? "";
}
