import { readFileSync, writeFileSync } from 'node:fs';
import { makeWhole, missingEntries, withoutIntegrity } from './whole-lockfile.mjs';

// node tools/lockfile/main.mjs            adds what is missing to package-lock.json
// node tools/lockfile/main.mjs --check    changes nothing; exits with 1 when something is missing

const file = new URL('../../package-lock.json', import.meta.url);
const lockfile = JSON.parse(readFileSync(file, 'utf8'));
const missing = missingEntries(lockfile);

if (missing.length === 0) {
  const unchecked = withoutIntegrity(lockfile).length;
  console.log(`package-lock.json is whole; ${unchecked} entries of other platforms have no integrity`);
} else if (process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${missing.length} packages of other platforms, so "npm ci" fails there:`);
  for (const { path, parent } of missing) console.error(`  ${path} (of ${parent})`);
  console.error('Run: node tools/lockfile/main.mjs');
  process.exitCode = 1;
} else {
  writeFileSync(file, `${JSON.stringify(makeWhole(lockfile), null, 2)}\n`);
  console.log(`added ${missing.length} packages of other platforms to package-lock.json`);
}
