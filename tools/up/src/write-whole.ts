import { renameSync, writeFileSync } from 'node:fs';

/** Writes a secret (0600) and a line break. A start that is cut off leaves the whole file or none. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
