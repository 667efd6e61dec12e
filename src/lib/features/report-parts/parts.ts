/** What a report has beyond its first sight: comes after it, in a part of its own. */
export { default as KeyFigures } from "./KeyFigures.svelte";
export { default as Fallback } from "./Fallback.svelte";
export { default as Funnel } from "./Funnel.svelte";
export { default as Breakdowns } from "./Breakdowns.svelte";
export { default as FailuresOverTime } from "#lib/features/reports/FailuresOverTime.svelte";
export { default as Hours } from "./Hours.svelte";
export { default as Opens } from "./Opens.svelte";
export { default as Remarks } from "./Remarks.svelte";
export { default as OwnWords } from "./OwnWords.svelte";
