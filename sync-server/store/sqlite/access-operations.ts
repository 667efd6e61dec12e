/** The promise of access-store.ts over SQLite. */
import type { AccessStore } from "../access-store.ts";
import type { PartOperations } from "./operation.ts";

export const accessOperations: Pick<PartOperations<AccessStore>, "reads"> & {
  readonly operations: object;
} = {
  reads: [],
  operations: {},
};
