// The time, as something that can be handed in: tests bring their own.

/** Tells the present instant. */
export interface Clock {
  now(): Date
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date() }
