/** Fills a new database with contacts, in a process of its own: what that takes is not the engine's memory. */
import { openDatabase } from "#server/store/sqlite/database.ts";
import { manyContacts, seedContacts } from "../../../support/delivery/world.ts";

// Further ones live elsewhere, as an audience of their own.
const [path = "", count = "0", abroad = "0"] = process.argv.slice(2);
const db = openDatabase({ path, readOnly: false });
seedContacts(db, [
  ...manyContacts(Number(count)),
  ...manyContacts(Number(abroad)).map((contact) => ({ ...contact, country: "AT" })),
]);
db.close();
