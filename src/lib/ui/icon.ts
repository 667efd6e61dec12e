import type { LucideProps } from "@lucide/svelte";
import type { Component } from "svelte";

/** Any Lucide icon: import it from its own file, `@lucide/svelte/icons/clock`. */
export type IconComponent = Component<LucideProps>;
