/** What a handler needs to know about the call beyond its parameters. */
export interface RequestContext {
  /** UUID of the person, as the gateway says. */
  readonly userId: string;
  /** UUID of the user-level operation: header `X-Correlation-Id` when it is a UUID, else a new one. */
  readonly correlationId: string;
  /** Header `Idempotency-Key`: 1 to 255 visible ASCII characters; anything else was answered 400. */
  readonly idempotencyKey: string | undefined;
  /** 32 hex digits: the trace of this request. */
  readonly traceId: string;
  /** `traceparent` of this request's server span, for what is stored or sent on. */
  readonly traceparent: string;
  /** Aborts when the caller leaves before the answer is complete. */
  readonly signal: AbortSignal;
}
