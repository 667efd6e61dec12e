/** The part of storage that the delivery engine needs. */
export type DeliveryStore = Record<never, never>;
