/** What takes a report out of the app: fetched after the app is ready, as few need it at once. */
export { default as FigureMenu } from "./FigureMenu.svelte";
export { default as PageMenu } from "./PageMenu.svelte";
export { pageFacts, pageNote } from "./page-facts.ts";
export { default as PictureMenu } from "./PictureMenu.svelte";
export { default as ReportMenu } from "./ReportMenu.svelte";
