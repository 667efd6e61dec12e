/**
 * The preview renders with the very rule and machine of the server. The machine is big and only
 * needed while somebody writes: import this module lazily.
 */
import { Liquid } from "liquidjs";
import { createContentCheck, type CheckContent } from "#domain/message/merge-fields.ts";
import {
  createTemplates,
  liquidHtmlOptions,
  liquidOptions,
  type Templates,
} from "#domain/message/template.ts";

export function openTemplates(): Templates {
  return createTemplates({ text: new Liquid(liquidOptions), html: new Liquid(liquidHtmlOptions) });
}

/** Tells what is doubtful in a message while somebody writes it. */
export function openContentCheck(): CheckContent {
  return createContentCheck(new Liquid(liquidOptions));
}
