/** The devices that hold the workspace's data: asked of the server each time. */
import type { Id } from "#domain/core/id.ts";
import { ok, type Result } from "#domain/core/result.ts";
import { deviceAnswer, devicePage, type DeviceAnswer } from "#protocol/rest/devices.ts";
import type { Api, Failure } from "./api.ts";

type Answer<T> = Promise<Result<T, Failure>>;

export type { DeviceAnswer } from "#protocol/rest/devices.ts";

export function deviceCalls(api: Api) {
  const base = "/api/v1/devices";
  return {
    /** One's own; an administrator is told everybody's. */
    async list(): Answer<readonly DeviceAnswer[]> {
      const answer = await api.request(devicePage, "GET", base);
      return answer.ok ? ok(answer.value.items) : answer;
    },
    async rename(id: Id, name: string): Answer<DeviceAnswer> {
      return api.request(deviceAnswer, "PATCH", `${base}/${id}`, { name });
    },
    async revoke(id: Id): Answer<DeviceAnswer> {
      return api.request(deviceAnswer, "POST", `${base}/${id}/revoke`, {});
    },
  };
}

export type DeviceCalls = ReturnType<typeof deviceCalls>;
