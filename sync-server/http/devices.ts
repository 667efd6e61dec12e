/** Devices: seen and named by their people, revoked by them or by an administrator. */
import { may } from "#domain/access/permission.ts";
import type { Id } from "#domain/core/id.ts";
import {
  deviceAnswer,
  devicePage,
  devicePatch,
  type DeviceAnswer,
} from "#protocol/rest/devices.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Devices } from "../access/devices.ts";
import type { Callers } from "../access/callers.ts";
import type { Device } from "../store/device-store.ts";
import type { Store } from "../store/store.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface DeviceDeps {
  readonly devices: Devices;
  readonly callers: Pick<Callers, "forget">;
  readonly store: Pick<Store, "devices">;
  readonly clock: () => number;
  /** Ends the stream that the device has open. */
  readonly onDeviceEnded: (device: Id) => void;
}

const url = "/api/v1/devices";
const byId = v.strictObject({ id });

export function registerDevices(app: FastifyInstance, deps: DeviceDeps): void {
  const { devices, store, callers, clock } = deps;
  route(app, {
    method: "GET",
    url,
    summary: "One's own devices; an administrator's answer holds everybody's",
    permission: "signed-in",
    query: listQuery,
    answers: { 200: devicePage },
    handle: async ({ caller, query }) => {
      const list = await devices.list(caller.workspace, isAdmin(caller) ? null : caller.user);
      const { items, next } = pageOf(list, query, (each) => [-each.seenAt, each.id]);
      return { items: items.map(toAnswer), next };
    },
  });
  route(app, {
    method: "PATCH",
    url: `${url}/:id`,
    summary: "Give a device another name",
    permission: "signed-in",
    params: byId,
    body: devicePatch,
    answers: { 200: deviceAnswer },
    handle: async ({ caller, params, body }) => {
      const device = await reachable(deps, caller, params.id);
      const { workspace, user: by } = caller;
      const act = { workspace, id: device.id, name: body.name, by, now: clock() };
      const named = await store.devices.rename(act);
      if (named === null) throw new HttpProblem("not_found");
      return toAnswer(named);
    },
  });
  route(app, {
    method: "POST",
    url: `${url}/:id/revoke`,
    summary: "Sign a device out and remove its data from it; what it had not sent is lost",
    permission: "signed-in",
    params: byId,
    answers: { 200: deviceAnswer },
    handle: async ({ caller, params }) => {
      const device = await reachable(deps, caller, params.id);
      const { workspace, user: by } = caller;
      const revoked = await devices.revoke({ workspace, id: device.id, by });
      if (revoked === null) throw new HttpProblem("not_found");
      callers.forget();
      deps.onDeviceEnded(revoked.id);
      return toAnswer(revoked);
    },
  });
}

function isAdmin({ role, access }: Caller): boolean {
  return may(role, "member.edit", access);
}

/** Another person's device is like none, for all but administrators. */
async function reachable({ store }: DeviceDeps, caller: Caller, device: Id): Promise<Device> {
  const found = await store.devices.device({ workspace: caller.workspace, id: device });
  if (found === null || (found.user !== caller.user && !isAdmin(caller))) {
    throw new HttpProblem("not_found");
  }
  return found;
}

function toAnswer(device: Device): DeviceAnswer {
  const { name, user, app, unsent, revoked } = device;
  return {
    id: device.id,
    name,
    user,
    state: revoked === null ? "active" : "revoked",
    app,
    firstAt: iso(device.firstAt),
    seenAt: iso(device.seenAt),
    leaseUntil: iso(device.leaseUntil),
    unsent,
    revokedAt: revoked === null ? null : iso(revoked.at),
    revokedBy: revoked?.by ?? null,
    wipedAt: revoked === null || revoked.toldAt === null ? null : iso(revoked.toldAt),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
