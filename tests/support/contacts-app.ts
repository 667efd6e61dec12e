/** The contact calls of the API over a real store, without the rest of the server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { v7 } from "uuid";
import type { Role } from "#domain/access/role.ts";
import { createCommands } from "#server/commands/apply.ts";
import { createRecount, type Recount } from "#server/commands/recount.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import { registerAudiences } from "#server/http/audiences.ts";
import { registerContacts } from "#server/http/contacts.ts";
import { createImports, type Imports } from "#server/http/import/importer.ts";
import { createSpool } from "#server/http/import/spool.ts";
import { registerImports } from "#server/http/imports.ts";
import { toProblem } from "#server/http/problem.ts";
import { installGuards } from "#server/http/route.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import type { Store } from "#server/store/store.ts";

export interface ContactsApp {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly imports: Imports;
  readonly recount: Recount;
  /** Where uploads are kept while they are imported. */
  readonly uploads: string;
  close(): Promise<void>;
}

const roles: readonly Role[] = ["admin", "office", "field", "manager"];

const newId = (): string => v7();

/** Callers are named by the Authorization header: a role, and after a slash another workspace. */
export async function openContactsApp(store = openInlineStore(":memory:")): Promise<ContactsApp> {
  const uploads = await mkdtemp(join(tmpdir(), "fieldcast-uploads-"));
  const clock = Date.now;
  const app = fastify();
  const errors: unknown[] = [];
  app.setErrorHandler((error, _request, reply) => {
    const { problem, headers } = toProblem(error);
    if (problem.status >= 500) errors.push(error);
    return reply.code(problem.status).headers(headers).send(problem);
  });
  installGuards(app, {
    authenticate: async ({ headers }) => {
      const [name = "", workspace = "w1"] = (headers.authorization ?? "").split("/");
      const role = roles.find((each) => each === name);
      const access = { fieldMaySend: false };
      return role === undefined
        ? null
        : { workspace, user: name, role, name, access, viaKey: true };
    },
    answers: {
      answerOf: async () => null,
      keepAnswer: async () => undefined,
      dropAnswer: async () => undefined,
    },
    clock,
    origins: [],
  });
  const commands = createCommands({ store, clock, checkContent: openContentCheck() });
  const recount = createRecount({ store, clock, delayMs: 0 });
  const spool = createSpool(uploads);
  const imports = createImports({
    store,
    clock,
    newId,
    spool,
    onEnd: (workspace) => recount.contactsChanged(workspace),
    onError: (error) => errors.push(error),
  });
  registerContacts(app, { store, clock, newId, recount });
  registerImports(app, { store, newId, imports, spool });
  registerAudiences(app, { store, clock, newId, commands, recount });
  await app.ready();
  return {
    app,
    store,
    imports,
    recount,
    uploads,
    close: async () => {
      await app.close();
      await imports.stop();
      await recount.stop();
      await store.close();
      await rm(uploads, { recursive: true, force: true });
      if (errors.length > 0) throw new AggregateError(errors, "the server had defects");
    },
  };
}
