/** The types of answers that are files. */
import type { FileAnswer } from "./route.ts";

export const fileTypes = {
  text: "text/plain",
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const satisfies Record<FileAnswer, string>;
