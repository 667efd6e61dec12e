/** The promise of delivery-store.ts over SQLite. */
import type { DeliveryStore } from "../delivery-store.ts";
import type { PartOperations } from "./operation.ts";

export const deliveryOperations: PartOperations<DeliveryStore> = { reads: [], operations: {} };
