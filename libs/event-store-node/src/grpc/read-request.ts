import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { expressionFilter, prefixFilter, type EventFilter } from '../streams/event-filter.ts';
import { invalid } from './errors.ts';
import { toStreamName } from './write-request.ts';

/** 2^64-1 in an unsigned field: the end. */
const END = 0xffff_ffff_ffff_ffffn;
/** Of a revision and of a position. */
const HIGHEST = 2n ** 63n - 1n;
const WINDOW_BY_DEFAULT = 32;

export interface AllFilter {
  readonly filter: EventFilter;
  /** So many events that did not match are passed over before a subscriber is told how far it is. */
  readonly checkpointEvery: number;
}

interface Common {
  readonly backwards: boolean;
  /** How many events at most, or a subscription. */
  readonly count: number | 'subscription';
  readonly structuredIds: boolean;
}

export type ReadPlan =
  | (Common & { readonly from: 'start' | 'end' | bigint; readonly stream: string; readonly tellsLast: boolean })
  | (Common & {
      readonly from: 'start' | 'end' | bigint;
      readonly stream: undefined;
      readonly filter: AllFilter | undefined;
    });

/** A read request, checked. @throws Refusal INVALID_ARGUMENT for what no client of the protocol would send. */
export function readPlan(request: ReadReq): ReadPlan {
  const options = request.getOptions();
  if (options === undefined) throw invalid('a read needs options');
  const direction: number = options.getReadDirection();
  if (direction !== 0 && direction !== 1) throw invalid(`${direction} is not a read direction`);
  const uuid = options.getUuidOption();
  if (uuid === undefined) throw invalid('a uuid option is required');
  if (!options.hasFilter() && !options.hasNoFilter()) throw invalid('a filter option is required');
  const common: Common = { backwards: direction === 1, count: readCount(options), structuredIds: !uuid.hasString() };
  if (common.count === 'subscription' && common.backwards) throw invalid('a subscription cannot go backwards');
  const stream = options.getStream();
  if (stream !== undefined) {
    if (options.hasFilter()) throw invalid('a stream is read without a filter');
    const tellsLast = (options.getControlOption()?.getCompatibility() ?? 0) >= 1 && common.count !== 'subscription';
    const name = Buffer.from(stream.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
    return { ...common, stream: toStreamName(name), from: streamStart(stream), tellsLast };
  }
  const all = options.getAll();
  if (all === undefined) throw invalid('a read needs a stream or $all');
  return { ...common, stream: undefined, from: allStart(all), filter: readFilter(options.getFilter(), common.count) };
}

function readCount(options: ReadReq.Options): Common['count'] {
  if (options.hasSubscription()) return 'subscription';
  if (!options.hasCount()) throw invalid('a read needs a count or a subscription');
  const count = Number(options.getCount());
  if (count === 0) throw invalid('a read of no events');
  return count;
}

function streamStart(options: ReadReq.Options.StreamOptions): ReadPlan['from'] {
  if (options.hasStart()) return 'start';
  if (options.hasEnd()) return 'end';
  if (!options.hasRevision()) throw invalid('a read of a stream needs a revision, start or end');
  return upToHighest(BigInt(options.getRevision()));
}

function allStart(options: ReadReq.Options.AllOptions): ReadPlan['from'] {
  if (options.hasStart()) return 'start';
  if (options.hasEnd()) return 'end';
  const position = options.getPosition();
  if (position === undefined) throw invalid('a read of $all needs a position, start or end');
  const [commit, prepare] = [BigInt(position.getCommitPosition()), BigInt(position.getPreparePosition())];
  if (commit !== prepare) throw invalid(`C:${commit}/P:${prepare} is not a position of this log`);
  return commit === 0n ? 'start' : upToHighest(commit);
}

function upToHighest(value: bigint): 'end' | bigint {
  if (value === END) return 'end';
  if (value > HIGHEST) throw invalid(`${value} is neither a revision nor a position`);
  return value;
}

function readFilter(options: ReadReq.Options.FilterOptions | undefined, count: Common['count']): AllFilter | undefined {
  if (options === undefined) return undefined;
  if (!options.hasMax() && !options.hasCount()) throw invalid('a filter needs a window');
  const expression = options.getStreamIdentifier() ?? options.getEventType();
  if (expression === undefined) throw invalid('a filter needs an expression');
  const on = options.hasStreamIdentifier() ? 'stream' : 'type';
  const source = expression.getRegex();
  const filter = source === '' ? prefixFilter(on, expression.getPrefixList()) : expressionFilter(on, source);
  if (filter === undefined) throw invalid(`the expression ${source} does not parse`);
  const multiplier = options.getCheckpointintervalmultiplier();
  if (multiplier === 0 && count === 'subscription') throw invalid('a checkpoint interval of 0');
  const window = options.hasMax() ? options.getMax() : WINDOW_BY_DEFAULT;
  return { filter, checkpointEvery: Math.max(1, window * multiplier) };
}
