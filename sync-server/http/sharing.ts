/**
 * Requests that come together read the same thing once. The read begins after the last of them
 * asked, so nobody is answered with what was true before they came.
 */
export function sharing<T>(read: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (name) => {
    const known = asked.get(name);
    if (known !== undefined) return known;
    const made = turn().then(() => {
      asked.delete(name);
      return read(name);
    });
    asked.set(name, made);
    return made;
  };
}

/** Ends when everything that has arrived by now was looked at. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
