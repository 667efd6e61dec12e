/** The promise of admin-store.ts over SQLite. */
import type { AdminStore } from "../admin-store.ts";
import type { PartOperations } from "./operation.ts";

export const adminOperations: Pick<PartOperations<AdminStore>, "reads"> & {
  readonly operations: object;
} = {
  reads: [],
  operations: {},
};
