/** Fills a new database with contacts, in a process of its own: what that takes is not the engine's memory. */
import { openDatabase } from "#server/store/sqlite/database.ts";
import { manyContacts, seedContacts } from "../../../support/delivery/world.ts";

const [path = "", count = "0"] = process.argv.slice(2);
const db = openDatabase({ path, readOnly: false });
seedContacts(db, manyContacts(Number(count)));
db.close();
