// Ports for programs of their own, which start after somebody has chosen where.
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below those that a system gives to outgoing connections (Linux: 32768 and up): one of them might
 * take a port between two starts of its server.
 */
const lowest = 25_000;
const beyond = 32_768;

export async function freePort(): Promise<number> {
  const port = lowest + Math.floor(Math.random() * (beyond - lowest));
  return (await isFree(port)) ? port : freePort();
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}
