/** What a campaign's page has beside the report: fetched when it is looked at. */
export { default as ActivityList } from "#lib/features/activity/ActivityList.svelte";
export { default as Recipients } from "#lib/features/recipients/Recipients.svelte";
export { default as ContentTab } from "./ContentTab.svelte";
export { default as DetailsTab } from "./DetailsTab.svelte";
export { default as RunsTab } from "./RunsTab.svelte";
