import { setImmediate } from 'node:timers/promises';
import { createSimulatedCluster } from '../src/index.ts';
import { ask, open } from './ask.ts';

const PODS = '/api/v1/pods';
const STREAMED = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

it('counts apart who reads a whole type, by a list or by a streamed first state, and who only resumes', async () => {
  await using cluster = await createSimulatedCluster({ name: 'counted', pods: 2 });
  await ask(cluster, PODS);
  await ask(cluster, `${PODS}?limit=1`);
  using streamed = open(cluster, `${PODS}?${STREAMED}`);
  await streamed.until(({ text }) => text.includes('initial-events-end'));
  const { resourceVersion } = cluster.list('pods')[0]!.metadata;
  using resumed = open(cluster, `${PODS}?watch=1&resourceVersion=${resourceVersion}`);
  cluster.upsert('pods', { metadata: { namespace: 'default', name: 'new' } });
  await resumed.until(({ text }) => text.includes('"new"'));
  expect(cluster.requests.all()).toEqual([
    { verb: 'list', path: PODS, count: 2 },
    { verb: 'watchlist', path: PODS, count: 1 },
    { verb: 'watch', path: PODS, count: 1 },
  ]);
});

it('ends a watch in order when its time is over, though changes go on', async () => {
  await using cluster = await createSimulatedCluster({ name: 'brief', pods: 2 });
  using watch = open(cluster, `${PODS}?watch=1&timeoutSeconds=1`);
  for (let round = 0; !watch.ended; round += 1) {
    cluster.upsert('pods', {
      metadata: { namespace: 'default', name: `new-${round % 10}`, labels: { round: `${round}` } },
    });
    await setImmediate();
  }
  expect(watch.endedInOrder).toBe(true);
  expect(watch.text).toMatch(/\}\n$/);
});
