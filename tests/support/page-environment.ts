// Vitest's own Node, but with modules made for the browser: Svelte's effects run.
import { builtinEnvironments, type Environment } from "vitest/runtime";

const page: Environment = { ...builtinEnvironments.node, name: "page", viteEnvironment: "client" };

// Vitest loads an environment by its default export.
export default page;
