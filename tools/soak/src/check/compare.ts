/** One object as one side has it. */
export interface Known {
  /** What it is and its name, for whoever reads a difference. */
  readonly name: string;
  readonly hash: string;
}

/** By uid. */
export type Objects = ReadonlyMap<string, Known>;

/** Every object in which the inventory differs from the cluster, in words; empty when they are equal. */
export function differences(cluster: Objects, inventory: Objects): readonly string[] {
  const found: string[] = [];
  for (const [uid, { name, hash }] of cluster) {
    const kept = inventory.get(uid);
    if (kept === undefined) found.push(`missing: ${name} (${uid})`);
    else if (kept.hash !== hash) found.push(`not as it is: ${name} (${uid}): ${kept.hash} instead of ${hash}`);
  }
  for (const [uid, { name }] of inventory) if (!cluster.has(uid)) found.push(`no longer there: ${name} (${uid})`);
  return found;
}

const SHOWN_MAX = 8;

/** Differences for a person, a few of many. */
export function describeDifferences(found: readonly string[]): string {
  const more = found.length > SHOWN_MAX ? [`… and ${found.length - SHOWN_MAX} more`] : [];
  return [...found.slice(0, SHOWN_MAX), ...more].join('\n    ');
}
