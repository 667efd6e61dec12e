/** What to do about a message that did not arrive: the cure beside the reason's own sentence. */
import { reasonClass, type Reason, type ReasonClass } from "#domain/message/reason.ts";

const byClass = {
  recipient: "Check these addresses with the people, or leave them out next time.",
  carrier: "Send again to these recipients; if it repeats, ask your provider.",
  content: "Change the message to fit the provider's rules, then send a new campaign to these.",
  sender: "Verify the sending account and its credentials in Settings.",
  limit: "Wait, then make a new campaign for these recipients, or lower the account's speed.",
  provider: "Make a new campaign for these recipients when the provider works again.",
  policy: "Nothing to mend: these recipients were left out on purpose.",
  ours: "Check the campaign's content and account; if it stays, contact support.",
  unknown: "Ask the provider about these messages; its own words are beside each recipient.",
} as const satisfies Record<ReasonClass, string>;

const byReason: Partial<Record<Reason, string>> = {
  unreachable: "Try again later: phones get switched on and mailboxes emptied.",
  opted_out: "Nothing to do: they said no, and stay left out.",
  blocked_by_recipient: "Nothing to do: they blocked the sender, and stay left out.",
  auth_failed: "Enter the account's credentials anew in Settings, then resume or send again.",
  payment_required: "Settle the provider's bill, then resume or send again.",
  account_suspended: "Ask the provider to unlock the account.",
  no_consent: "Ask these people for consent; import it with its date and source.",
  suppressed: "Nothing to do: the address bounced or complained before.",
  no_address: "Add the missing e-mail address or phone number to these contacts.",
  duplicate_recipient: "Nothing to do: the same address already gets the message once.",
  campaign_canceled: "Duplicate the campaign if these people shall get it after all.",
  render_failed: "Look for merge fields that these contacts lack, and give them a fallback.",
  outcome_unknown:
    "Look with the provider whether it sent these. They were not tried again by themselves: sending again may reach somebody twice.",
  too_long: "Shorten the message and send a new campaign to these.",
};

export function reasonAdvice(reason: Reason): string {
  return byReason[reason] ?? byClass[reasonClass(reason)];
}
