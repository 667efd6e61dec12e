/** Who is told outside of the app that the system stopped a campaign, and how. */
import {
  noticeAccountPatch,
  noticeChoicePatch,
  noticeDevice,
  noticeDeviceCreate,
  noticeDeviceId,
  noticeSettings,
} from "#protocol/rest/notices.ts";
import type { FastifyInstance } from "fastify";
import type * as v from "valibot";
import type { Notices } from "../notices/notices.ts";
import type { NoticeDevice } from "../store/notice-store.ts";
import type { Store } from "../store/store.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface NoticeRouteDeps {
  readonly store: Pick<Store, "notices">;
  readonly notices: Pick<Notices, "devices" | "pushKeys">;
  readonly clock: () => number;
}

const url = "/api/v1/notices";

export function registerNotices(app: FastifyInstance, deps: NoticeRouteDeps): void {
  const { store, clock } = deps;
  route(app, {
    method: "GET",
    url,
    summary: "How the caller is told outside of the app, and of what",
    permission: "signed-in",
    answers: { 200: noticeSettings },
    handle: ({ caller }) => describe(deps, caller),
  });
  route(app, {
    method: "PATCH",
    url,
    summary: "Choose how to be told outside of the app, and of what",
    permission: "signed-in",
    body: noticeChoicePatch,
    answers: { 200: noticeSettings },
    handle: async ({ caller, body: { email, push, finished, approval } }) => {
      const { workspace, user } = caller;
      const known = await store.notices.choice({ workspace, user });
      const choice = {
        email: email ?? known.email,
        push: push ?? known.push,
        finished: finished ?? known.finished,
        approval: approval ?? known.approval,
      };
      await store.notices.setChoice({ workspace, user, choice });
      return describe(deps, caller);
    },
  });
  route(app, {
    method: "PATCH",
    url: `${url}/account`,
    summary: "Name the account that writes to people when the system stops a campaign",
    permission: "account.edit",
    body: noticeAccountPatch,
    answers: { 200: noticeSettings },
    handle: async ({ caller, body: { accountId } }) => {
      const { workspace, user: by } = caller;
      const isSet = await store.notices.setAccount({ workspace, accountId, by, now: clock() });
      if (!isSet) {
        throw new HttpProblem(
          "invalid",
          "accountId must be an e-mail account of this workspace that writes to people.",
          "accountId",
        );
      }
      return describe(deps, caller);
    },
  });
  registerDevices(app, deps);
}

function registerDevices(app: FastifyInstance, deps: NoticeRouteDeps): void {
  const { store, notices, clock } = deps;
  route(app, {
    method: "POST",
    url: `${url}/devices`,
    summary: "Have this browser told by Web Push when the system stops a campaign",
    permission: "signed-in",
    body: noticeDeviceCreate,
    answers: { 201: noticeDevice },
    handle: async ({ caller: { workspace, user, viaKey }, body: { name, ...made } }) => {
      if (viaKey) throw new HttpProblem("forbidden", "An API key has no browser.");
      const sealed = notices.devices.seal(made);
      if (!sealed.ok) {
        const { detail } = sealed.error;
        throw new HttpProblem("invalid", `endpoint ${detail}.`, "endpoint");
      }
      const device = { id: notices.devices.idOf(made.endpoint), name, at: clock() };
      const args = { workspace, user, device: { ...device, sealed: sealed.value } };
      if (await store.notices.addDevice(args)) return toAnswer(device);
      throw new HttpProblem("invalid", "So many devices are told already: remove one first.");
    },
  });
  route(app, {
    method: "DELETE",
    url: `${url}/devices/:id`,
    summary: "Tell a device of the caller nothing any more",
    permission: "signed-in",
    params: noticeDeviceId,
    answers: { 204: "none" },
    handle: async ({ caller: { workspace, user }, params: { id } }) => {
      if (!(await store.notices.removeDevice({ workspace, user, id }))) {
        throw new HttpProblem("not_found");
      }
    },
  });
}

async function describe(
  { store, notices }: NoticeRouteDeps,
  { workspace, user }: Caller,
): Promise<v.InferOutput<typeof noticeSettings>> {
  const [accountId, choice, devices, { publicKey }] = await Promise.all([
    store.notices.account({ workspace }),
    store.notices.choice({ workspace, user }),
    store.notices.devices({ workspace, user }),
    notices.pushKeys.open(),
  ]);
  return { accountId, ...choice, devices: devices.map(toAnswer), pushKey: publicKey };
}

function toAnswer({ id, name, at }: NoticeDevice): v.InferOutput<typeof noticeDevice> {
  return { id, name, at: new Date(at).toISOString() };
}
