/** What a handler may know about how its event came to it. */
export interface Delivery {
  /** The stream it was delivered from, and its sequence there. */
  readonly stream: string;
  readonly sequence: number;
  /** The subject it was stored under; for a redriven message that of the original. */
  readonly subject: string;
  /** How often the server has delivered it to this consumer, this time included; it starts again when the server resets the consumer. */
  readonly deliveries: number;
  /** How often this process has tried it, this time included. */
  readonly tries: number;
  /** Whether it comes back from the dead letters. */
  readonly redriven: boolean;
  /** Aborts when the process stops; what the handler has not finished then is delivered again. */
  readonly signal: AbortSignal;
}
