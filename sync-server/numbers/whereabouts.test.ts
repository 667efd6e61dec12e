import { expect, test } from "vitest";
import { whereaboutsOf } from "./whereabouts.ts";

test.each([
  ["+4915112345678", "DE", "T-Mobile"],
  ["+4916212345678", "DE", "Vodafone"],
  ["+447512345678", "GB", "O2"],
  ["+41798765432", "CH", "Swisscom"],
  ["+817011234567", "JP", "Softbank"],
])("%s is in %s, and its range was given to %s", (phone, country, carrier) => {
  expect(whereaboutsOf(phone)).toEqual({ country, carrier });
});

test.each([
  ["+12125550123", "US", null],
  ["+14165550123", "CA", null],
  ["+4930123456", "DE", null],
])("%s is in %s, and its range tells no carrier", (phone, country, carrier) => {
  expect(whereaboutsOf(phone)).toEqual({ country, carrier });
});

test.each(["", "person@example.org", "+", "+999123", "0151 12345678"])(
  "%j tells nothing",
  (text) => {
    expect(whereaboutsOf(text)).toEqual({ country: null, carrier: null });
  },
);

test("countries that share a calling code are told apart, again and again", () => {
  const phones = ["+77011234567", "+79161234567", "+77017654321", "+441534123456", "+442071234567"];
  expect(phones.map((phone) => whereaboutsOf(phone).country)).toEqual([
    "KZ",
    "RU",
    "KZ",
    "JE",
    "GB",
  ]);
});
