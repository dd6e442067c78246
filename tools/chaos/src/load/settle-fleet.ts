import type { ConnectionAction, ConnectionView } from '@mooring/contracts';
import type { SimulatedCluster } from '@mooring/kube-sim';
import { until, type Random } from '@mooring/testing';
import type { Callers } from './callers.ts';
import type { Fleet } from './fleet.ts';
import { kubeconfigOfAll } from './kubeconfigs.ts';

const TIMEOUT_MS = 90_000;
/** What was asked for needs a moment before it is worth asking again. */
const ASK_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 250;

/** What to ask of a connection so that its cluster becomes connected; undefined where it is enough to wait. */
function nextAction({ state, intent, allowedActions }: ConnectionView): ConnectionAction | undefined {
  if (state === 'connected' || (intent === 'registered' && state !== 'ignored' && state !== 'maintenance'))
    return undefined;
  return (['register', 'reconnect'] as const).find((action) => allowedActions.includes(action));
}

/**
 * Asks for every cluster to be managed, leaves one of them off, and waits until each is what it must be: connected when it is up,
 * disconnected or never found when it is down, one connection for each. Throws a Failure `timeout` that says what is not so.
 */
export async function settleFleet(callers: Callers, fleet: Fleet, random: Random): Promise<void> {
  const off = random.pick(fleet.clusters);
  for (const cluster of fleet.clusters) await fleet.turn(cluster, cluster !== off);
  await callers.handIn(kubeconfigOfAll(fleet.clusters));
  const askedAt = new Map<string, number>();
  let wrong: readonly string[] = [];
  await until(
    'every cluster to be what it must be',
    async () => {
      const listed = await callers.list();
      wrong = fleet.clusters.flatMap((cluster) => wrongWith(cluster, fleet, listed));
      for (const { name } of fleet.clusters) {
        const [connection] = listed.filter((one) => one.name === name);
        const action = connection === undefined ? undefined : nextAction(connection);
        if (connection === undefined || action === undefined) continue;
        if (performance.now() - (askedAt.get(name) ?? -ASK_EVERY_MS) < ASK_EVERY_MS) continue;
        askedAt.set(name, performance.now());
        await callers.command(connection, action);
      }
      return wrong.length === 0;
    },
    { timeoutMs: TIMEOUT_MS, everyMs: LOOK_EVERY_MS, lastWords: () => wrong.map((line) => `    ${line}`).join('\n') },
  );
}

function wrongWith(
  { name, uid }: SimulatedCluster,
  fleet: Fleet,
  listed: readonly ConnectionView[],
): readonly string[] {
  const cluster = fleet.clusters.find((one) => one.name === name);
  const own = listed.filter((one) => one.name === name || one.clusterUid === uid);
  const [connection] = own;
  if (cluster === undefined || connection === undefined || own.length > 1) {
    return [`${name} has ${own.length} connections: ${own.map(({ id, state }) => `${id} ${state}`).join(', ')}`];
  }
  const { state, reason } = connection;
  const good = fleet.isUp(cluster) ? ['connected'] : ['disconnected', 'not_found'];
  if (good.includes(state)) return [];
  return [
    `${name} is ${fleet.isUp(cluster) ? 'up' : 'down'} and its connection ${connection.id} ${state} (${JSON.stringify(reason)})`,
  ];
}
