/** Erasing a person: online only, as the server has them. */
export { eraseContact, type ErasedContact } from "../sync/erase-calls.ts";
