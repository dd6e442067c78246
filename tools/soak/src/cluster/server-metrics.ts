import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { Failure } from '@mooring/kernel';
import type { KubeCluster } from '@mooring/kube-cluster';

/** What an API server says of itself. */
export interface ServerLists {
  /** When this process of it started, in seconds since 1970; another number is another process, which counts from nothing. */
  readonly startedAt: number;
  /** Lists answered since then, by resource (`pods`, `deployments.apps`), whoever asked. */
  readonly lists: ReadonlyMap<string, number>;
}

const LINE = /^apiserver_request_total\{(?<labels>[^}]*)\} (?<count>\S+)$/gmu;
const STARTED = /^process_start_time_seconds (?<at>\S+)$/mu;

const labelOf = (labels: string, name: string): string =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`, 'u').exec(labels)?.[1] ?? '';

/** Reads the API server's metrics (Prometheus text). */
export function parseMetrics(metrics: string): ServerLists {
  const lists = new Map<string, number>();
  for (const { groups } of metrics.matchAll(LINE)) {
    const { labels = '', count = '0' } = groups ?? {};
    if (labelOf(labels, 'verb') !== 'LIST') continue;
    const [group, resource] = [labelOf(labels, 'group'), labelOf(labels, 'resource')];
    const name = group === '' ? resource : `${resource}.${group}`;
    lists.set(name, (lists.get(name) ?? 0) + Number(count));
  }
  return { startedAt: Number(STARTED.exec(metrics)?.groups?.['at'] ?? 0), lists };
}

/** Listed by the API server itself, whenever pods come where it knows of none (its admission plugins LimitRanger and ResourceQuota). */
const ITS_OWN = new Set(['limitranges', 'resourcequotas']);

/** Lists between two looks at one process of the server, but for those of its own; `undefined` when it was another one. */
export function listsBetween(before: ServerLists, after: ServerLists): ReadonlyMap<string, number> | undefined {
  if (before.startedAt !== after.startedAt) return undefined;
  const more = [...after.lists].map(([name, count]) => [name, count - (before.lists.get(name) ?? 0)] as const);
  return new Map(more.filter(([name, count]) => count > 0 && !ITS_OWN.has(name)));
}

export const describeLists = (lists: ReadonlyMap<string, number>): string =>
  [...lists].map(([name, count]) => `${count} × ${name}`).join(', ');

export function readServerLists({ server, ca, users }: KubeCluster): Promise<ServerLists> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ca });
    const headers = { authorization: `Bearer ${users.admin.token}` };
    request(`${server}/metrics`, { agent, headers, timeout: 10_000 }, (answer) => {
      text(answer).then((body) => {
        if (answer.statusCode === 200) resolve(parseMetrics(body));
        else reject(new Failure('unavailable', `/metrics was answered ${answer.statusCode ?? 0}`));
      }, reject);
    })
      .on('error', reject)
      .on('timeout', () => reject(new Failure('timeout', '/metrics was not answered')))
      .end();
  });
}
