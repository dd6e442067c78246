import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { handleCommand, type CommandContext, type EventStore } from '@mooring/event-store';
import { createBackoff, delay, Failure, isFailure, messageOf, parseTraceparent, randomUuid } from '@mooring/kernel';
import type { Logger } from '@mooring/service-host';
import { watches } from '../aggregates.ts';
import type { Cause } from '../domain/desired.ts';
import { nextWord } from '../domain/next-word.ts';
import type { LossPolicy } from '../domain/reporting.ts';
import { decide, type ReportCommand, type WatchCommand } from '../domain/watch.decide.ts';
import { isWord, type WatchState } from '../domain/watch.ts';
import type { Situation } from './situation.ts';

export interface RecorderDeps {
  readonly store: EventStore;
  readonly systemId: string;
}

export interface Recorded {
  readonly state: WatchState;
  readonly position: bigint | undefined;
}

const tracer = trace.getTracer('@mooring/discovery');

/**
 * Appends to the stream of a watch. With `cause` it belongs to the operation and the trace of that event; without, it is the
 * start of its own. Throws Failure `conflict` when a newer watch has begun, and what the store throws.
 */
export function record(
  { store, systemId }: RecorderDeps,
  command: WatchCommand,
  cause: Cause | undefined,
): Promise<Recorded> {
  const commandContext: CommandContext =
    cause === undefined
      ? { correlationId: randomUuid(), systemId }
      : {
          correlationId: cause.correlationId,
          causationId: cause.eventId,
          systemId,
          ...(cause.userId === undefined ? {} : { userId: cause.userId }),
        };
  const name = command.kind === 'begin' ? 'begin watch' : `observe ${command.observation.type}`;
  return context.with(parentOf(cause), () =>
    tracer.startActiveSpan(name, { attributes: { 'mooring.connection': command.connectionId } }, async (span) => {
      try {
        const outcome = await handleCommand(store, watches, command.connectionId, commandContext, (state) =>
          decide(command, state),
        );
        if (!outcome.ok)
          throw new Failure('conflict', `watch ${outcome.error.epoch} of ${command.connectionId} has begun meanwhile`);
        return { state: outcome.value.state, position: outcome.value.position };
      } finally {
        span.end();
      }
    }),
  );
}

function parentOf(cause: Cause | undefined) {
  const parent = parseTraceparent(cause?.traceparent);
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

export interface ReporterOptions extends RecorderDeps {
  readonly situation: Situation;
  readonly epoch: number;
  readonly policy: LossPolicy;
  /** The newest decision anything was said under before this watch began. */
  readonly saidUnder: number | undefined;
  readonly onRecorded: (recorded: Recorded) => Promise<void>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

const RETRY = { minMs: 200, maxMs: 10_000 };

/**
 * Says what has to be said about a cluster, as soon as it has to be, until `signal` aborts. What the store does not take is
 * decided and tried again, from the facts as they are then. Rejects with Failure `conflict` when a newer watch has begun.
 */
export async function runReporter(options: ReporterOptions): Promise<void> {
  const { situation, policy, signal, log } = options;
  const backoff = createBackoff(RETRY);
  let { saidUnder } = options;
  while (!signal.aborted) {
    const { facts } = situation;
    const next = nextWord(facts, policy, performance.now());
    if (next.kind !== 'report') {
      const waitMs = next.kind === 'wait' ? next.waitMs : undefined;
      await situation.until((now) => now !== facts, signal, waitMs);
      continue;
    }
    const { desired } = facts;
    const command: ReportCommand = {
      kind: 'report',
      connectionId: desired.connectionId,
      epoch: options.epoch,
      decision: desired.decision,
      observation: next.observation,
    };
    try {
      // The first word under a decision answers it. Whatever comes later is the cluster's own doing.
      const recorded = await record(options, command, saidUnder === desired.decision ? undefined : desired.cause);
      backoff.reset();
      const { said, told } = recorded.state;
      const answers = isWord(command.observation.type);
      if (answers) saidUnder = desired.decision;
      situation.change({
        told,
        ...(answers && said !== undefined ? { reported: { ...said, sequence: desired.sequence } } : {}),
      });
      const { connectionId, name } = desired;
      log.info(
        { connectionId, name, decision: command.decision, epoch: command.epoch, code: said?.code },
        command.observation.type,
      );
      await options.onRecorded(recorded);
    } catch (thrown) {
      if (!isFailure(thrown) || !thrown.retryCanHelp || thrown.code === 'conflict') throw thrown;
      log.warn({ connectionId: desired.connectionId, error: messageOf(thrown) }, 'an observation waits to be recorded');
      await delay(backoff.next(), signal);
    }
  }
}
