import { readFile, rename, writeFile } from 'node:fs/promises';
import type { ClusterKeys } from './certificates.ts';

type KeysByName = Readonly<Record<string, ClusterKeys>>;

/** Certificates last ten years; a file that cannot be read is as good as none. */
export async function readKeys(file: string): Promise<KeysByName> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as KeysByName;
  } catch {
    return {};
  }
}

/** Whole or not at all, and for the owner's eyes only. */
export async function writeOwnFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
