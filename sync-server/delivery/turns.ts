/**
 * Whose turn it is among the lanes of one sender: those that go through the same account share its
 * slots and its messages a second, and all of them what the sender may have.
 *
 * - Calls go round: who has something to send begins one call, then the next one does. Who cannot
 *   begin one now is passed over, and keeps its place.
 * - What is claimed before it can be called for is claimed by who claimed longest ago, or shared out
 *   where it is scarce for the day.
 * - Who was refused is told when something ended that may have made room.
 *
 * It knows no clock and no chance, and waits for nobody. Pure.
 */
import type { Instant } from "#domain/core/time.ts";

/** A lane, as those see it that it shares with. */
export interface Seat {
  /** What it goes through: lanes with the same one share its slots. */
  readonly gate: object;
  /** Messages that it has ready. */
  readonly size: number;
  /** Of the slots that are free, those that it has claimed for. */
  readonly reserved: number;
  /** Begins one call if it may; answers whether it did. */
  send(now: Instant): boolean;
  /** Whether it would claim now if it were alone. */
  wants(now: Instant): boolean;
  /** Something ended that may have made room. */
  lookAgain(): void;
}

export interface Turns {
  join(seat: Seat): void;
  leave(seat: Seat): void;
  /** Whether others are there, going or not. */
  readonly isShared: boolean;
  /** It has something to send. */
  offer(seat: Seat): void;
  /** Calls begin, one each in turn, until nobody can begin another. */
  send(now: Instant): void;
  /** Whether nobody with the same gate wants to claim who claimed longer ago. */
  isFirst(seat: Seat, now: Instant): boolean;
  /** Its part of so many that may be claimed, when all who want some take theirs. */
  share(seat: Seat, amount: number, now: Instant): number;
  /** Of the slots of its gate, those that others have claimed for. */
  reservedBesides(seat: Seat): number;
  /** It claims: in the next round it is the last. */
  claimed(seat: Seat): void;
  /** It wanted to claim and could not. */
  refused(seat: Seat): void;
  /** Something of this lane ended: those that were refused look again. */
  passOn(from: Seat): void;
}

export function createTurns(): Turns {
  return new RoundRobin();
}

class RoundRobin implements Turns {
  /** Who claimed longest ago comes first. */
  readonly #seats: Seat[] = [];
  /** Those with something to send; whose turn is next comes first. */
  readonly #line: Seat[] = [];
  readonly #refused = new Set<Seat>();
  #isPassingOn = false;

  get isShared(): boolean {
    return this.#seats.length > 1;
  }

  join(seat: Seat): void {
    if (!this.#seats.includes(seat)) this.#seats.unshift(seat);
    if (seat.size > 0) this.offer(seat);
  }

  leave(seat: Seat): void {
    remove(this.#seats, seat);
    remove(this.#line, seat);
    this.#refused.delete(seat);
  }

  offer(seat: Seat): void {
    if (!this.#line.includes(seat)) this.#line.push(seat);
  }

  send(now: Instant): void {
    const line = this.#line;
    // Beginning a call never makes room for another: who was passed over stays so.
    for (let passed = 0; ;) {
      const seat = line[passed];
      if (seat === undefined) return;
      if (!seat.send(now)) {
        if (seat.size > 0) passed += 1;
        else line.splice(passed, 1);
      } else if (line.length > 1) {
        line.splice(passed, 1);
        line.push(seat);
      }
    }
  }

  isFirst(seat: Seat, now: Instant): boolean {
    for (const other of this.#seats) {
      if (other === seat) return true;
      if (other.gate === seat.gate && other.wants(now)) return false;
    }
    return true;
  }

  share(seat: Seat, amount: number, now: Instant): number {
    if (!this.isShared || amount === Infinity) return amount;
    const wanting = this.#seats.filter((each) => each === seat || each.wants(now));
    const least = Math.floor(amount / wanting.length);
    return least + (wanting.indexOf(seat) < amount % wanting.length ? 1 : 0);
  }

  reservedBesides(seat: Seat): number {
    if (!this.isShared) return 0;
    let sum = 0;
    for (const other of this.#seats) {
      if (other !== seat && other.gate === seat.gate) sum += other.reserved;
    }
    return sum;
  }

  claimed(seat: Seat): void {
    this.#refused.delete(seat);
    if (!this.isShared || !remove(this.#seats, seat)) return;
    this.#seats.push(seat);
  }

  refused(seat: Seat): void {
    this.#refused.add(seat);
  }

  passOn(from: Seat): void {
    // Whoever looks again may end something in turn: one round is enough.
    if (!this.isShared || this.#refused.size === 0 || this.#isPassingOn) return;
    this.#isPassingOn = true;
    const looking = [...this.#refused];
    try {
      for (const seat of looking) if (seat !== from) seat.lookAgain();
    } finally {
      this.#isPassingOn = false;
    }
  }
}

/** Answers whether it was there. */
function remove(list: Seat[], seat: Seat): boolean {
  const index = list.indexOf(seat);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
