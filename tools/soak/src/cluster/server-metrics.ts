import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { Failure } from '@mooring/kernel';
import { listsAlone, listsIn, listsSince, type KubeCluster, type ServerLists } from '@mooring/kube-cluster';

/** What an API server says of itself. */
export interface ServerMetrics {
  /** When this process of it started, in seconds since 1970; another number is another process, which counts from nothing. */
  readonly startedAt: number;
  readonly lists: ServerLists;
}

const STARTED = /^process_start_time_seconds (?<at>\S+)$/mu;

/** Reads the API server's metrics (Prometheus text). */
export const parseMetrics = (metrics: string): ServerMetrics => ({
  startedAt: Number(STARTED.exec(metrics)?.groups?.['at'] ?? 0),
  lists: listsIn(metrics),
});

/**
 * Listed by the API server itself: the first two whenever pods come where it knows of none (its admission plugins LimitRanger and ResourceQuota),
 * the third every three minutes, when it compares the node ports that are given away. What the product lists of them is counted on its way there.
 */
const ITS_OWN = new Set(['limitranges', 'resourcequotas', 'services']);

/** Lists between two looks at one process of the server, but for those of its own; `undefined` when it was another one. */
export function listsBetween(before: ServerMetrics, after: ServerMetrics): ServerLists | undefined {
  if (before.startedAt !== after.startedAt) return undefined;
  return new Map([...listsAlone(listsSince(before.lists, after.lists))].filter(([name]) => !ITS_OWN.has(name)));
}

export function readMetrics({ server, ca, users }: KubeCluster): Promise<ServerMetrics> {
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
