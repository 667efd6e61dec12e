/** The promise of contact-store.ts over SQLite. */
import type { ContactStore } from "../contact-store.ts";
import type { PartOperations } from "./operation.ts";

export const contactOperations: PartOperations<ContactStore> = { reads: [], operations: {} };
