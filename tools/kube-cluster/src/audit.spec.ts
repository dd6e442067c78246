import { appendFile, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { followAudit, readsCollection } from './audit.ts';

let requests = 0;
const request = (verb: string, requestURI: string, resource: string, username = 'viewer', apiGroup?: string) => ({
  ...{ auditID: `request ${(requests += 1)}`, verb, requestURI, user: { username }, objectRef: { resource, apiGroup } },
});
const lines = (...stages: readonly object[]) => stages.map((stage) => `${JSON.stringify(stage)}\n`).join('');

describe('what a user asked an API server for', () => {
  it('is told once each, also while the log grows in the middle of a line', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'mooring-audit-'));
    const path = join(folder.path, 'audit.log');
    const audit = followAudit(path, 'viewer');
    expect(await audit.more()).toEqual([]);
    const watch = request(
      'watch',
      '/apis/apps/v1/deployments?watch=1&resourceVersion=7',
      'deployments',
      'viewer',
      'apps',
    );
    const text = lines(watch, request('list', '/api/v1/pods', 'pods', 'admin'), {
      ...watch,
      stage: 'ResponseComplete',
    });
    await appendFile(path, text.slice(0, 30));
    expect(await audit.more()).toEqual([]);
    await appendFile(path, text.slice(30));
    expect(await audit.more()).toEqual([{ verb: 'watch', resource: 'deployments.apps' }]);
    expect(await audit.more()).toEqual([]);
  });

  it('is the whole collection by a list and by a watch that begins with the state, not by one that goes on', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'mooring-audit-'));
    const path = join(folder.path, 'audit.log');
    const ways = [
      request('list', '/api/v1/pods?limit=500', 'pods'),
      request('watch', '/api/v1/nodes?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan', 'nodes'),
      request('watch', '/api/v1/nodes?watch=1&resourceVersion=9', 'nodes'),
      request('get', '/api/v1/nodes/a', 'nodes'),
    ];
    await appendFile(path, lines(...ways));
    const told = await followAudit(path, 'viewer').more();
    expect(told.filter(readsCollection).map(({ verb }) => verb)).toEqual(['list', 'watchlist']);
    expect(told).toHaveLength(4);
  });
});
