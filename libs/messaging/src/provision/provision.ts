import { isDeepStrictEqual } from 'node:util';
import { Failure, messageOf } from '@mooring/kernel';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { Bus } from '../bus/bus.ts';
import { API_ERRORS, apiErrorCode, toFailure } from '../bus/jetstream-failure.ts';
import { planOf, type ConsumerPlan, type StreamPlan } from './plan.ts';
import type { Topology } from './topology.ts';

const OLDEST_SERVER = [2, 12] as const;

function requireServer(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]))
    throw new Failure('invalid', `nats-server ${version} is too old: ${OLDEST_SERVER.join('.')} or newer is needed`);
}

/** The names of the planned settings that stand otherwise. */
const differences = (planned: object, actual: object): readonly string[] =>
  Object.entries(planned)
    .filter(([key, value]) => !isDeepStrictEqual(value, (actual as Record<string, unknown>)[key]))
    .map(([key]) => key);

async function found<T>(read: Promise<T>, missing: number): Promise<T | undefined> {
  try {
    return await read;
  } catch (thrown) {
    if (apiErrorCode(thrown) === missing) return undefined;
    throw thrown;
  }
}

const refusal = (what: string, settings: readonly string[], thrown: unknown): Failure =>
  new Failure(
    'invalid',
    `${what} exists with other settings (${settings.join(', ')}) that the server will not change: ${messageOf(thrown)}. ` +
      'It was made by something else or by another version. Remove it, or use another store folder.',
    { cause: thrown, details: { settings } },
  );

/** Room is set aside for a stream that is limited by size. Where there is not as much, it gets what there is. */
async function withRoom(plan: StreamPlan, make: (plan: StreamPlan) => Promise<unknown>): Promise<void> {
  try {
    await make(plan);
  } catch (thrown) {
    const { max_bytes = -1 } = plan;
    if (apiErrorCode(thrown) !== API_ERRORS.noRoom || max_bytes < 2 * STREAM_BYTES_MIN) throw thrown;
    await withRoom({ ...plan, max_bytes: Math.floor(max_bytes / 2) }, make);
  }
}

/** Less than this is no room. */
const STREAM_BYTES_MIN = 1024 * 1024;

async function ensureStream(manager: JetStreamManager, plan: StreamPlan): Promise<void> {
  const existing = await found(manager.streams.info(plan.name), API_ERRORS.streamNotFound);
  if (existing === undefined) {
    await withRoom(plan, (fitting) => manager.streams.add(fitting));
    return;
  }
  const settings = differences(plan, existing.config);
  if (settings.length === 0) return;
  try {
    await withRoom(plan, (fitting) => manager.streams.update(plan.name, fitting));
  } catch (thrown) {
    throw apiErrorCode(thrown) === undefined ? thrown : refusal(`stream ${plan.name}`, settings, thrown);
  }
}

async function ensureConsumer(manager: JetStreamManager, stream: string, plan: ConsumerPlan): Promise<void> {
  const existing = await found(manager.consumers.info(stream, plan.durable_name), API_ERRORS.consumerNotFound);
  if (existing === undefined) {
    await manager.consumers.add(stream, plan);
    return;
  }
  const settings = differences(plan, existing.config);
  if (settings.length === 0) return;
  try {
    await manager.consumers.update(stream, plan.durable_name, plan);
  } catch (thrown) {
    throw apiErrorCode(thrown) === undefined
      ? thrown
      : refusal(`consumer ${plan.durable_name} of ${stream}`, settings, thrown);
  }
}

/**
 * Makes what a topology needs: a stream per producer, the dead letters, the durables of every subscription and of what is
 * redriven, the bucket of credentials. Repeating it changes nothing; what stands otherwise and can be changed is changed;
 * what nobody plans any more is left alone.
 *
 * Throws a `Failure`: `invalid` for a server older than 2.12 and for a stream or consumer that cannot be brought to the
 * plan, `denied` for a user who may not, `unavailable` or `timeout` when JetStream does not answer.
 */
export async function provision(bus: Bus, topology: Topology): Promise<void> {
  requireServer(bus.connection.info?.version ?? '0');
  const plan = planOf(topology);
  try {
    const manager = await jetstreamManager(bus.connection);
    for (const stream of plan.streams) await ensureStream(manager, stream);
    for (const { stream, config } of plan.consumers) await ensureConsumer(manager, stream, config);
  } catch (thrown) {
    throw toFailure('provisioning JetStream', thrown);
  }
}
