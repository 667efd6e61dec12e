// What makes thousands of databases in memory affordable. IndexedDB copies each value that goes
// in or out, and Node's own way to do that is made for everything that can be copied; the rows of
// this product are plain, which is five times cheaper. And Dexie aborts a controller at the end
// of each transaction, whose error nobody reads but which is made with a trace each time.
const full = globalThis.structuredClone;

/** From now on in this process. */
export function makeEngineCheap(): void {
  globalThis.structuredClone = (value, options) =>
    options === undefined ? plainCopy(value) : full(value, options);
  const ended = new DOMException("This operation was aborted", "AbortError");
  globalThis.AbortController = class extends AbortController {
    override abort(reason: unknown = ended): void {
      super.abort(reason);
    }
  };
}

function plainCopy<T>(value: T): T {
  if (typeof value === "function" || typeof value === "symbol") return full(value);
  if (typeof value !== "object" || value === null) return value;
  // A list of copies is of the list's own type, and so is a record of them.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  if (Array.isArray(value)) return value.map(plainCopy) as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return full(value);
  const copy: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) copy[key] = plainCopy(each);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return copy as T;
}
