import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configTable, hostConfigSpec } from '../src/index.ts';

/** Formatting pads cells; what they say is the same. */
const squeeze = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');

it('the README has the table of what every service understands', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  expect(squeeze(readme)).toContain(squeeze(configTable(hostConfigSpec)));
});
