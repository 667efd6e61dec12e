// An empty server set up as its own first page does it: two calls, where the command line (which has
// tests of its own) would load half of the server twice.
import { object, parse, string } from "valibot";

export interface FirstPerson {
  readonly workspace: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Makes the workspace with its administrator; answers an API key of this role. */
export async function setUpServer(
  url: string,
  person: FirstPerson,
  role = "admin",
): Promise<string> {
  const signedIn = await ask(`${url}/api/v1/set-up`, person, { origin: url });
  const cookie = signedIn.headers.getSetCookie().map((each) => each.split(";")[0]);
  const headers = { origin: url, cookie: cookie.join("; ") };
  const made = await ask(`${url}/api/v1/keys`, { name: "script", role }, headers);
  return parse(object({ key: string() }), await made.json()).key;
}

async function ask(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
