import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWhole, missingEntries } from './whole-lockfile.mjs';

// Run by Node's own runner, because this tool has to work before anything is installed: node --test tools/lockfile/*.test.mjs

const lockfile = (parent, others = {}) => ({
  packages: {
    '': {},
    'node_modules/fast': { version: '2.0.0', dev: true, optionalDependencies: parent },
    ...others,
  },
});

test('an entry that its parent names is added with its platform', () => {
  const whole = makeWhole(lockfile({ '@fast/linux-arm-musleabihf': '2.0.0' }));
  assert.deepEqual(whole.packages['node_modules/@fast/linux-arm-musleabihf'], {
    version: '2.0.0',
    cpu: ['arm'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
  assert.deepEqual(missingEntries(whole), []);
});

test('what is there, at the top or inside its parent, stays as it is', () => {
  const entry = { version: '2.0.0', integrity: 'sha512-x' };
  const top = lockfile({ 'fast-darwin-x64': '2.0.0' }, { 'node_modules/fast-darwin-x64': entry });
  const inner = lockfile({ 'fast-darwin-x64': '2.0.0' }, { 'node_modules/fast/node_modules/fast-darwin-x64': entry });
  assert.deepEqual(missingEntries(top), []);
  assert.deepEqual(missingEntries(inner), []);
});

test('another version at the top does not count: the entry goes inside its parent', () => {
  const other = { 'node_modules/fast-darwin-x64': { version: '1.0.0' } };
  assert.deepEqual(
    missingEntries(lockfile({ 'fast-darwin-x64': '2.0.0' }, other)).map(({ path }) => path),
    ['node_modules/fast/node_modules/fast-darwin-x64'],
  );
});

test('a name that tells no platform is refused', () => {
  assert.throws(() => missingEntries(lockfile({ 'fast-extras': '2.0.0' })), /cannot be told/);
});
