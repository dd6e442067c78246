import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Change {
  readonly kind: 'write' | 'truncate' | 'sync' | 'unlink';
  /** Its name; empty for the folder itself. */
  readonly file: string;
  readonly offset: number;
  readonly data: Buffer;
  /** Where the record of it ends in the log. */
  readonly end: number;
}

/** What `record-writes.c` wrote down. An incomplete last record is left out. */
export function readChanges(log: Buffer): Change[] {
  const changes: Change[] = [];
  const kinds = { w: 'write', t: 'truncate', s: 'sync', u: 'unlink' } as const;
  for (let at = 0; at + 3 <= log.length;) {
    const kind = kinds[String.fromCharCode(log.readUInt8(at)) as keyof typeof kinds];
    const named = at + 3 + log.readUInt16LE(at + 1);
    if (named + 12 > log.length) break;
    const file = log.toString('utf8', at + 3, named);
    const end = named + 12 + log.readUInt32LE(named + 8);
    if (end > log.length) break;
    changes.push({ kind, file, offset: Number(log.readBigUInt64LE(named)), data: log.subarray(named + 12, end), end });
    at = end;
  }
  return changes;
}

/** A file that grows; what was never written reads as zeros. */
interface Content {
  bytes: Buffer;
  size: number;
}

function apply(content: Content, { kind, offset, data }: Change): void {
  const size = kind === 'truncate' ? offset : Math.max(content.size, offset + data.length);
  if (size > content.bytes.length) content.bytes = Buffer.concat([content.bytes, Buffer.alloc(2 * size)]);
  if (kind === 'truncate') content.bytes.fill(0, size);
  data.copy(content.bytes, offset);
  content.size = size;
}

/**
 * Writes into a folder what the disk holds when the power goes at `cut`: everything that was synced, and of the rest what
 * `survives` says (a disk may have written any of it, in any order). That a file came or went is durable once the folder
 * was synced.
 */
export function restoreDisk(changes: readonly Change[], cut: number, folder: string, survives: () => boolean): void {
  const files = new Map<string, { durable: Content; pending: Change[] }>();
  const there = new Set<string>();
  let named = new Set<string>();
  for (const change of changes) {
    if (change.end > cut) break;
    if (change.file === '') {
      named = new Set(there);
      continue;
    }
    const file = files.get(change.file) ?? { durable: { bytes: Buffer.alloc(0), size: 0 }, pending: [] };
    files.set(change.file, file);
    if (change.kind === 'unlink') there.delete(change.file);
    else there.add(change.file);
    if (change.kind === 'sync') {
      for (const synced of file.pending) apply(file.durable, synced);
      file.pending = [];
    } else if (change.kind !== 'unlink') file.pending.push(change);
  }
  for (const [name, { durable, pending }] of files) {
    const isNamed = named.has(name) === there.has(name) || !survives() ? named.has(name) : there.has(name);
    if (!isNamed) continue;
    for (const unsynced of pending.filter(survives)) apply(durable, unsynced);
    writeFileSync(join(folder, name), durable.bytes.subarray(0, durable.size));
  }
}
