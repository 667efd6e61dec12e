/**
 * A claim is one row, not one row a message: what lies behind its chunk's `next`, is stored as
 * queued and waits for no timer is in flight. So a message is written once, when its call has
 * ended, and after a crash exactly the unsettled rows of claimed ranges are in doubt.
 *
 * Whoever wants to know how a message stands reads it here: state_now and try_now.
 */
export const standing = `
create view standing as
  select m.*, m.state + m.flies as state_now, m.try + m.flies as try_now from (
    select message.*, state = 0
      and exists (select 1 from chunk k where k.ws = message.ws
        and k.distribution = message.distribution and k.k = (message.n - 1) / 500
        and message.n < k.next)
      and not exists (select 1 from timer t where t.ws = message.ws
        and t.distribution = message.distribution and t.n = message.n) as flies
    from message) m;
`;
