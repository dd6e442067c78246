import { visibleRange } from '../streams/stream-metadata.ts';
import { isHiddenStream } from '../streams/event-filter.ts';
import type { LogRow, PageLimit } from '../storage/event-log.ts';
import { lastStreamPositionResponse, streamNotFoundResponse } from '../wire/responses.ts';
import { invalid, streamDeleted } from './errors.ts';
import { toEventResponse } from './event-response.ts';
import type { NodeContext } from './node-context.ts';
import type { Outbound } from './outbound.ts';
import type { ReadPlan } from './read-request.ts';

type StreamPlan = Extract<ReadPlan, { stream: string }>;
type AllPlan = Extract<ReadPlan, { stream: undefined }>;

/** How many rows the next page may have. */
export const pageLimit = ({ limits }: NodeContext, left = Infinity): PageLimit => ({
  rows: Math.min(limits.pageRows, left),
  bytes: limits.pageBytes,
});

/** Whether there may be more behind this page. */
export const isFullPage = (page: readonly { readonly record: Uint8Array }[], { rows, bytes }: PageLimit): boolean =>
  page.length >= rows || page.reduce((sum, { record }) => sum + record.length, 0) >= bytes;

/** As many events a real server reads at once. */
const READ_AT_ONCE = 32;

/**
 * Whether a read forwards begins so near to the highest revision that the last one of its first page would be beyond it. A
 * real server's numbers overflow there, and it reads from the start instead.
 */
const goesRound = ({ from, count, backwards }: StreamPlan): boolean =>
  typeof from === 'bigint' && !backwards && from + BigInt(Math.min(READ_AT_ONCE, Number(count))) > 2n ** 63n;

/**
 * Reads a stream to the end it had when the read began, a page at a time.
 *
 * @throws Refusal for a tombstoned stream, or a read forwards from the end (an error on a real server too).
 */
export async function readStream(context: NodeContext, plan: StreamPlan, outbound: Outbound): Promise<void> {
  const stream = context.log.stream(plan.stream);
  if (plan.from === 'end' && !plan.backwards) throw invalid('a stream is not read forwards from its end');
  if (stream.tombstoned) throw streamDeleted(plan.stream);
  if (stream.last < 0 || stream.softDeleted) {
    outbound.send(streamNotFoundResponse(plan.stream));
    return;
  }
  const range = visibleRange(stream.metadata, stream.last, context.nowUs());
  const start = plan.from === 'start' || goesRound(plan) ? 0 : plan.from === 'end' ? stream.last : Number(plan.from);
  let left = Number(plan.count);
  let at = plan.backwards ? Math.min(start, stream.last) : Math.max(start, range.firstRevision);
  for (let more = true; more;) {
    const limit = pageLimit(context, left);
    const page = plan.backwards
      ? context.log.readBackwards(stream, at, range.firstRevision, range.createdFromUs, limit)
      : context.log.readForwards(stream, at, range.createdFromUs, limit, stream.last);
    for (const row of page) {
      if (outbound.closed) return;
      if (!outbound.send(toEventResponse(row.record, row.position, plan.structuredIds))) await outbound.drained();
      at = plan.backwards ? row.revision - 1 : row.revision + 1;
    }
    left -= page.length;
    more = left > 0 && isFullPage(page, limit);
    if (more) await context.turns.next();
  }
  if (plan.tellsLast) outbound.send(lastStreamPositionResponse(stream.last));
}

/** Where a read of `$all` begins: after this position forwards, before it backwards. @throws Refusal for a position that was never given out. */
export function allBoundary(context: NodeContext, plan: AllPlan): number {
  const end = context.log.nextPosition();
  if (plan.from === 'start') return 0;
  if (plan.from === 'end') return end;
  if (plan.from >= BigInt(end)) {
    if (plan.backwards && plan.from > BigInt(end)) throw invalid(`position ${plan.from} is beyond the end of the log`);
    return Number(plan.from);
  }
  const position = Number(plan.from);
  if (!context.log.isPosition(position)) throw invalid(`position ${position} is not one that this log gave out`);
  return position;
}

/** Whether a row of the log is for this reader. */
export function wants(plan: AllPlan, row: LogRow): boolean {
  if (isHiddenStream(row.stream)) return false;
  const { filter } = plan.filter ?? {};
  return filter === undefined || filter.matches(filter.on === 'stream' ? row.stream : row.type);
}

/** Reads `$all` to the end it had when the read began. Forwards from a position includes it, backwards does not. */
export async function readAll(context: NodeContext, plan: AllPlan, outbound: Outbound): Promise<void> {
  const boundary = allBoundary(context, plan);
  const end = context.log.nextPosition();
  let left = Number(plan.count);
  let at = plan.backwards ? boundary : boundary - 1;
  const limit = pageLimit(context);
  for (let more = true; more;) {
    const page = plan.backwards ? context.log.readAllBefore(at, limit) : context.log.readAllAfter(at, limit);
    for (const row of page) {
      if (outbound.closed || left === 0 || row.position >= end) return;
      at = row.position;
      if (!wants(plan, row)) continue;
      if (!outbound.send(toEventResponse(row.record, row.position, plan.structuredIds))) await outbound.drained();
      left -= 1;
    }
    more = left > 0 && isFullPage(page, limit);
    if (more) await context.turns.next();
  }
}
