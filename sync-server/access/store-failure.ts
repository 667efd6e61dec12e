/** What SQLite says of the users' file, in the words of the store's promise. */
import { StoreError, type StoreFailure } from "../store/store.ts";

const failures: Readonly<Record<number, StoreFailure>> = {
  5: "busy",
  6: "busy",
  8: "readonly",
  10: "full",
  11: "corrupt",
  13: "full",
  14: "readonly",
  26: "corrupt",
};

export function toStoreFailure(error: unknown, attempted: string): StoreError {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  const words = error instanceof Error ? error.message : String(error);
  return new StoreError(failures[code] ?? "other", `${attempted}: ${words}`);
}
