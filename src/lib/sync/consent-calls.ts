/** Consent texts and the consents that a person has to look at: asked of the server. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Result } from "#domain/core/result.ts";
import {
  consentReviewDecided,
  consentReviewList,
  consentTextAnswer,
  consentTextPage,
  type consentReviewAnswer,
} from "#protocol/rest/consents.ts";
import type * as v from "valibot";
import type { Api, Failure } from "./api.ts";

export type PublishedText = v.InferOutput<typeof consentTextAnswer>;
export type WaitingConsent = v.InferOutput<typeof consentReviewAnswer>;

type Answer<T> = Promise<Result<T, Failure>>;

export function consentCalls(api: Api) {
  return {
    /** Every version, newest first. */
    texts(): Answer<v.InferOutput<typeof consentTextPage>> {
      return api.request(consentTextPage, "GET", "/api/v1/consent-texts");
    },
    publish(channel: ConsentChannel, text: string): Answer<PublishedText> {
      return api.request(consentTextAnswer, "POST", "/api/v1/consent-texts", { channel, text });
    },
    reviews(): Answer<v.InferOutput<typeof consentReviewList>> {
      return api.request(consentReviewList, "GET", "/api/v1/consent-reviews");
    },
    decide(
      { id, channel }: WaitingConsent,
      accept: boolean,
    ): Answer<v.InferOutput<typeof consentReviewDecided>> {
      const body = { channel, accept };
      return api.request(consentReviewDecided, "POST", `/api/v1/consent-reviews/${id}`, body);
    },
  };
}
