/** The Liquid machines of the server, set up as domain/message/template says. */
import { createContentCheck, type CheckContent } from "#domain/message/merge-fields.ts";
import {
  createTemplates,
  liquidHtmlOptions,
  liquidOptions,
  type Templates,
} from "#domain/message/template.ts";
import { Liquid } from "liquidjs";

export function openTemplates(): Templates {
  return createTemplates({
    text: new Liquid(liquidOptions),
    html: new Liquid(liquidHtmlOptions),
  });
}

/** Tells whether a message can be written at all, before it is launched. */
export function openContentCheck(): CheckContent {
  return createContentCheck(new Liquid(liquidOptions));
}
