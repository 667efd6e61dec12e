/** Programs and libraries of the system that a test needs and may have to install. */
import { spawnSync } from "node:child_process";

/**
 * What `find` answers, after the Debian package was installed where it found nothing and this
 * user may install. null: it cannot be had.
 */
export function obtain(packageName: string, find: () => string | null): string | null {
  const known = find();
  if (known !== null || process.platform !== "linux" || process.getuid?.() !== 0) return known;
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  // Without it some packages ask questions that nobody is there to answer.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const quiet = { stdio: "ignore", env } as const;
  const install = ["install", "-y", "--no-install-recommends", packageName];
  if (spawnSync("apt-get", [...wait, ...install], quiet).status !== 0) {
    spawnSync("apt-get", [...wait, "update"], quiet);
    spawnSync("apt-get", [...wait, ...install], quiet);
  }
  return find();
}

/** Where a program is on the path; null: nowhere. */
export function which(name: string): string | null {
  const found = spawnSync("which", [name], { encoding: "utf8" }).stdout?.trim() ?? "";
  return found === "" ? null : found;
}
