/**
 * Where it is noted that this browser keeps a person's data: in the local storage and in a cookie,
 * as browsers clear the two by different rules. The newer of both counts.
 */
import * as v from "valibot";
import type { KeptNote, NotePlace } from "../db/kept.ts";

/** Browsers keep a cookie for 400 days at most. */
const keepSeconds = 400 * 24 * 60 * 60;

const noteSchema = v.object({ keeping: v.string(), unsent: v.number(), at: v.number() });

export interface Shelves {
  /** Undefined where the browser allows none. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined;
  readonly cookies: { cookie: string };
}

export function createNotePlace({ storage, cookies }: Shelves): NotePlace {
  return {
    read: (database) => {
      const found = [
        parseNote(storage?.getItem(nameOf(database)) ?? null),
        parseNote(cookieOf(cookies.cookie, nameOf(database))),
      ].filter((note) => note !== null);
      return found.toSorted((a, b) => b.at - a.at)[0] ?? null;
    },
    write: (database, note) => {
      const text = JSON.stringify(note);
      const value = encodeURIComponent(text);
      cookies.cookie = `${nameOf(database)}=${value}; path=/; max-age=${keepSeconds}; samesite=strict`;
      try {
        storage?.setItem(nameOf(database), text);
      } catch {
        // Full, or forbidden: the cookie has it.
      }
    },
    remove: (database) => {
      cookies.cookie = `${nameOf(database)}=; path=/; max-age=0; samesite=strict`;
      storage?.removeItem(nameOf(database));
    },
  };
}

/** That of this page. */
export function pageNotePlace(): NotePlace {
  let storage: Storage | undefined;
  try {
    ({ localStorage: storage } = window);
  } catch {
    // Forbidden by a setting of the browser.
  }
  return createNotePlace({ storage, cookies: document });
}

/** A name that a cookie may have; short, as it goes along with every request. */
function nameOf(database: string): string {
  const [, workspace = "", user = ""] = database.split(":");
  return `kept-${workspace.slice(-6)}${user.slice(-6)}`;
}

function cookieOf(all: string, name: string): string | null {
  const found = all.split("; ").find((each) => each.startsWith(`${name}=`));
  if (found === undefined) return null;
  try {
    return decodeURIComponent(found.slice(name.length + 1));
  } catch {
    return null;
  }
}

function parseNote(text: string | null): KeptNote | null {
  if (text === null) return null;
  try {
    const parsed = v.safeParse(noteSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
