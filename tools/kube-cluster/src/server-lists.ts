/** One line of `apiserver_request_total`: the labels in braces, and the count. */
const LINE = /^apiserver_request_total\{(?<labels>[^}]*)\} (?<count>\S+)$/gmu;

/** How often an API server answered lists since it started, by resource (`pods`, `deployments.apps`), whoever asked. */
export type ServerLists = ReadonlyMap<string, number>;

const labelOf = (labels: string, name: string): string =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`, 'u').exec(labels)?.[1] ?? '';

/** Reads lists out of the API server's own metrics (`/metrics`, Prometheus text). */
export function listsIn(metrics: string): ServerLists {
  const lists = new Map<string, number>();
  for (const { groups } of metrics.matchAll(LINE)) {
    const { labels = '', count = '0' } = groups ?? {};
    if (labelOf(labels, 'verb') !== 'LIST') continue;
    const [group, resource] = [labelOf(labels, 'group'), labelOf(labels, 'resource')];
    const name = group === '' ? resource : `${resource}.${group}`;
    lists.set(name, (lists.get(name) ?? 0) + Number(count));
  }
  return lists;
}

/** Lists between two looks at one process of the server; empty for none. */
export const listsSince = (before: ServerLists, after: ServerLists): ServerLists =>
  new Map(
    [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const).filter(([, more]) => more > 0),
  );

export const describeLists = (lists: ServerLists): string =>
  lists.size === 0 ? 'no list' : [...lists].map(([name, count]) => `${count} × ${name}`).join(', ');
