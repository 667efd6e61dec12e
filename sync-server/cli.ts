// The command line: `npm run cli -- …`. Compiled modules are kept between calls, as in main.ts.
import { enableCompileCache } from "node:module";

enableCompileCache();
const { runCommandLine } = await import("./command-line.ts");
process.exitCode = await runCommandLine(process.argv.slice(2), process.env);
