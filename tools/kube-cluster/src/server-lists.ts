/**
 * Labels in braces, and the count, of `apiserver_request_total` and of `apiserver_watch_list_duration_seconds_count`. The second counts the
 * watches that began with the whole state (`sendInitialEvents`); the first takes those for any other WATCH.
 */
const LINE =
  /^apiserver_(?<metric>request_total|watch_list_duration_seconds_count)\{(?<labels>[^}]*)\} (?<count>\S+)$/gmu;

/**
 * How often an API server gave whole collections since it started, by resource, whoever asked: as lists (`pods`, `deployments.apps`), and as
 * streams (`pods, streamed`).
 */
export type ServerLists = ReadonlyMap<string, number>;

const STREAMED = ', streamed';

const labelOf = (labels: string, name: string): string =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`, 'u').exec(labels)?.[1] ?? '';

/** Reads lists out of the API server's own metrics (`/metrics`, Prometheus text). */
export function listsIn(metrics: string): ServerLists {
  const lists = new Map<string, number>();
  for (const { groups } of metrics.matchAll(LINE)) {
    const { metric, labels = '', count = '0' } = groups ?? {};
    if (metric === 'request_total' && labelOf(labels, 'verb') !== 'LIST') continue;
    const [group, resource] = [labelOf(labels, 'group'), labelOf(labels, 'resource')];
    const name = `${group === '' ? resource : `${resource}.${group}`}${metric === 'request_total' ? '' : STREAMED}`;
    lists.set(name, (lists.get(name) ?? 0) + Number(count));
  }
  return lists;
}

/** Lists between two looks at one process of the server; empty for none. */
export const listsSince = (before: ServerLists, after: ServerLists): ServerLists =>
  new Map(
    [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const).filter(([, more]) => more > 0),
  );

/** Without what was streamed: the control plane's own parts stream what they know anew for up to a minute after their API server was away. */
export const listsAlone = (lists: ServerLists): ServerLists =>
  new Map([...lists].filter(([name]) => !name.endsWith(STREAMED)));

export const describeLists = (lists: ServerLists): string =>
  lists.size === 0 ? 'no list' : [...lists].map(([name, count]) => `${count} × ${name}`).join('; ');
