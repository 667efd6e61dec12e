/** What can be done with any chart, given by the page around it: a chart knows nothing of files. */
import { getContext, setContext, type Snippet } from "svelte";

export interface ShownFigure {
  readonly title: string;
  readonly summary: string;
  /** The figure as it stands on the page. */
  readonly element: () => HTMLElement | undefined;
}

type FigureMenu = Snippet<[ShownFigure]>;

const key = Symbol("figure menu");

export function setFigureMenu(menu: FigureMenu): void {
  setContext(key, menu);
}

/** undefined where a page gives none. */
export function getFigureMenu(): FigureMenu | undefined {
  return getContext(key);
}
