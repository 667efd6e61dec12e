export { default as ConsentsTab } from "./ConsentsTab.svelte";
export { default as DistributionsTab } from "./DistributionsTab.svelte";
export { default as OverviewTab } from "./OverviewTab.svelte";
export { default as WorkflowCard } from "./WorkflowCard.svelte";
