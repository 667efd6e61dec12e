import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

function targets(environment: Readonly<Record<string, string>>): unknown {
  const config = readConfig(environment);
  return config.ok && config.value.privateTargets;
}

test("needs no variable at all", () => {
  expect(readConfig({})).toMatchObject({
    ok: true,
    value: {
      port: 3000,
      host: "127.0.0.1",
      publicUrl: "http://localhost:3000",
      privateTargets: "allow",
      maildirRoot: "",
      logLevel: "info",
    },
  });
});

test("allows private targets only while the app itself is on this machine", () => {
  expect(targets({ PUBLIC_URL: "https://app.example" })).toBe("deny");
  expect(targets({ PUBLIC_URL: "https://app.example", PRIVATE_TARGETS: "allow" })).toBe("allow");
  expect(targets({ PUBLIC_URL: "http://127.0.0.1:8080" })).toBe("allow");
});

test.each([
  ["PORT", "http"],
  ["PORT", "70000"],
  ["PORT", "-1"],
  ["PORT", "0"],
  ["PORT", ""],
  ["HOST", ""],
  ["PUBLIC_URL", "app.example"],
  ["PUBLIC_URL", "ftp://app.example"],
  ["PUBLIC_URL", "https://app.example/path"],
  ["DATABASE_URL", "postgres://localhost/fieldcast"],
  ["PRIVATE_TARGETS", "yes"],
  ["LOG_LEVEL", "loud"],
])("says in one line that %s must not be %j", (name, value) => {
  const config = readConfig({ [name]: value });
  expect(config.ok).toBe(false);
  const line = config.ok ? "" : config.error;
  expect(line).toMatch(new RegExp(`^${name} .+\\.$`));
  expect(line).toContain(value);
  expect(line).not.toContain("\n");
});

test("does not show the password of an address that it refuses", () => {
  const config = readConfig({ DATABASE_URL: "postgres://ana:geheim@db.example/fieldcast" });
  expect(config.ok ? "" : config.error).toContain('(it is "postgres://…@db.example/fieldcast")');
});
