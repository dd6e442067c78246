import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { serve, type Collection, type Way } from './contestant.ts';

/** What a system does that lists everything every 30 seconds: whole objects, parsed, and kept until the next time. */

let kept: unknown[] = [];
let agent: Agent | undefined;

const list = (way: Way, { path }: Collection, gzip: boolean): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${way.token}`,
      accept: 'application/json',
      'user-agent': 'mooring-bench',
      ...(gzip && { 'accept-encoding': 'gzip' }),
    };
    request(`${way.server}${path}`, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path} was answered ${answer.statusCode ?? 0}`));
      const isZipped = answer.headers['content-encoding'] === 'gzip';
      text(isZipped ? answer.pipe(createGunzip()) : answer).then(resolve, reject);
    })
      .on('error', reject)
      .end();
  });

serve(async ({ way, collections, gzip = false }) => {
  const startedAt = performance.now();
  agent ??= new Agent({ keepAlive: true, ca: way.caPem });
  const fresh: unknown[] = [];
  for (const collection of collections) {
    const { items } = JSON.parse(await list(way, collection, gzip)) as { readonly items: readonly unknown[] };
    fresh.push(...items);
  }
  kept = fresh;
  return { ms: performance.now() - startedAt, objects: kept.length };
});
