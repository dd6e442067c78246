export { ok, refused, type Result } from './result.ts';
export { Failure, isFailure, messageOf, type FailureCode } from './failure.ts';
export { isUuid, nameUuid, randomUuid } from './ids.ts';
export { formatTraceparent, normaliseTraceId, parseTraceparent, type TraceContext } from './trace-context.ts';
export { createBackoff, delay, type Backoff, type BackoffOptions } from './backoff.ts';
export { unlessAborted, withTimeout } from './deadline.ts';
export { seededRandom } from './random.ts';
export { canonicalJson, type Json } from './canonical-json.ts';
