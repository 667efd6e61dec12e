// The server, restarted on every change, and Vite with hot reload in front of it: one address.
import { spawn } from "node:child_process";

const appUrl = "http://localhost:5173";
const env = { PUBLIC_URL: appUrl, ...process.env };

const children = [
  spawn("node", ["--watch", "sync-server/main.ts"], { stdio: "inherit", env }),
  spawn("vite", ["dev", "--port", "5173", "--strictPort"], { stdio: "inherit", env }),
];

// Either one ending ends both.
for (const child of children) child.once("exit", stop);
process.once("SIGINT", stop);
process.once("SIGTERM", stop);

function stop(): void {
  for (const child of children) child.kill("SIGTERM");
}
