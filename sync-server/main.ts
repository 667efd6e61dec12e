// The process. What it needs is loaded after Node was told to keep compiled modules, which halves
// the time of every later start. They are kept once it runs: one that is killed keeps nothing.
import { enableCompileCache, flushCompileCache } from "node:module";

enableCompileCache();
const { serve } = await import("./serve.ts");
await serve();
flushCompileCache();
