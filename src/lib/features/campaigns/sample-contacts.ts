import type { Links } from "#domain/message/template.ts";

/** People to preview a message with: one usual, one with accents, one of whom little is known. */
export const sampleContacts = [
  {
    id: "ana",
    label: "Ana Souza, Lisbon",
    email: "ana.souza@example.org",
    phone: "+351210000001",
    firstName: "Ana",
    lastName: "Souza",
    country: "PT",
    city: "Lisbon",
    fields: {},
  },
  {
    id: "nguyen",
    label: "Nguyễn Thị Minh, Huế",
    email: "minh@example.org",
    phone: "+84900000002",
    firstName: "Nguyễn Thị",
    lastName: "Minh",
    country: "VN",
    city: "Huế",
    fields: {},
  },
  {
    id: "unknown",
    label: "Somebody without a name",
    email: "x@example.org",
    phone: "+12025550103",
    firstName: "",
    lastName: "",
    country: "",
    city: "",
    fields: {},
  },
] as const;

/** A link that leads nowhere: nobody can leave by a preview. */
export const sampleLinks: Links = { unsubscribeUrl: "https://example.org/unsubscribe" };

/** A code that no pool gives: 0 and 1 are drawn nowhere. */
export const sampleCode = "K7PX0129QM";
