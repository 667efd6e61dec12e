import type { Target } from "#domain/audience/mapping.ts";
import { targets } from "#domain/audience/mapping.ts";

/** What a column of a file can be read as, in words. */
const words: Readonly<Record<Target, string>> = {
  email: "E-mail address",
  phone: "Phone number",
  first_name: "First name",
  last_name: "Last name",
  country: "Country",
  city: "City",
  time_zone: "Time zone",
  email_consent: "Consent to e-mail",
  sms_consent: "Consent to SMS",
  consent_at: "Time of consent",
  email_consent_at: "Time of consent to e-mail",
  sms_consent_at: "Time of consent to SMS",
  consent_source: "Source of consent",
  email_consent_source: "Source of consent to e-mail",
  sms_consent_source: "Source of consent to SMS",
  field: "Keep as it is",
  skip: "Leave out",
};

export const targetOptions = targets.map((value) => ({ value, label: words[value] }));
