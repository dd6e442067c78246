import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder } from '../src/paths.ts';
import { makeFolder } from '../src/make-folder.ts';
import { runNode } from '../src/run-node.ts';

describe('a folder', () => {
  it('is made with those above it, for its owner only, and taken as it is when it is there', () => {
    const root = mkdtempSync(join(tmpdir(), 'mooring-make-folder-'));
    try {
      const deep = join(root, 'a/b');
      makeFolder(deep);
      makeFolder(deep);
      expect(statSync(deep).mode & 0o777).toBe(0o700);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  (existsSync('/proc/self') ? it : it.skip)('where none can be made is told at once, with the place', () => {
    const index = join(checkoutFolder(), 'tools/engines/dist/src/index.js');
    const script = `import(${JSON.stringify(index)}).then(({ makeFolder }) => makeFolder('/proc/mooring/x'))`;
    // In a process of its own, which can be ended: a loop would be one without a turn.
    const { status, stderr } = runNode(['-e', script]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('no folder can be made in /proc\n') as string,
    });
  });
});
