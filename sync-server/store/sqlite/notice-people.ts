/** Where each person wants to be told: their choice, their devices. */
import {
  finishedChoices,
  usualNoticeChoice,
  type NoticeChoice,
} from "#domain/campaign/notice-topic.ts";
import type { NoticeDevice, NoticeStore } from "../notice-store.ts";
import type { Database, Row } from "./database.ts";
import type { Operations } from "./operation.ts";
import { forgetSubscriptions } from "./subscription-operations.ts";

type People = Pick<
  Operations<NoticeStore>,
  "choice" | "setChoice" | "devices" | "addDevice" | "removeDevice"
>;

/** More than anybody carries; each costs a call for every notice. */
const mostDevices = 20;

export const noticePeople: People = {
  choice: (db, { workspace, user }) => {
    const row = db.get(
      "select email, push, finished, approval from notice_choice where workspace = ? and user = ?",
      workspace,
      user,
    );
    return row === undefined ? usualNoticeChoice : choiceOf(row);
  },

  setChoice: (db, { workspace, user, choice }) => {
    db.run(
      `insert or replace into notice_choice (workspace, user, email, push, finished, approval)
       values (?, ?, ?, ?, ?, ?)`,
      workspace,
      user,
      Number(choice.email),
      Number(choice.push),
      choice.finished,
      Number(choice.approval),
    );
    for (const way of ["email", "push"] as const) if (!choice[way]) stop(db, workspace, user, way);
  },

  devices: (db, { workspace, user }) =>
    db
      .all(
        "select id, name, at from notice_device where workspace = ? and user = ? order by at, id",
        workspace,
        user,
      )
      .map((row): NoticeDevice => ({
        id: String(row["id"]),
        name: String(row["name"]),
        at: Number(row["at"]),
      })),

  addDevice: (db, { workspace, user, device }) => {
    const row = db.get(
      "select count(*) as n from notice_device where workspace = ? and user = ? and id <> ?",
      workspace,
      user,
      device.id,
    );
    if (Number(row?.["n"]) >= mostDevices) return false;
    db.run(
      `insert or replace into notice_device (id, workspace, user, name, sealed, at)
       values (?, ?, ?, ?, ?, ?)`,
      device.id,
      workspace,
      user,
      device.name,
      device.sealed,
      device.at,
    );
    return true;
  },

  removeDevice: (db, { workspace, user, id }) =>
    db.run(
      "delete from notice_device where workspace = ? and user = ? and id = ?",
      workspace,
      user,
      id,
    ) > 0,
};

function choiceOf(row: Row): NoticeChoice {
  return {
    email: row["email"] !== 0,
    push: row["push"] !== 0,
    finished: finishedChoices.find((each) => each === row["finished"]) ?? "own",
    approval: row["approval"] !== 0,
  };
}

/** Who is no member any more is told nothing. */
export function forgetPerson(db: Database, workspace: string, user: string): void {
  db.run("delete from notice_device where workspace = ? and user = ?", workspace, user);
  db.run("delete from notice_choice where workspace = ? and user = ?", workspace, user);
  forgetSubscriptions(db, workspace, user);
}

/** What has not left yet does not leave on a way that the person turned off. */
function stop(db: Database, workspace: string, user: string, way: "email" | "push"): void {
  db.run(
    `update telling set state = 'failed', why = 'turned off'
      where state = 'queued' and workspace = ? and user = ? and way = ?`,
    workspace,
    user,
    way,
  );
}
