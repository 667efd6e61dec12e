/** The Liquid machines of the server, set up as domain/message/template says. */
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
