import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));

describe('the program', () => {
  it('names the option and the folder when there is none for the kubeconfig', () => {
    const args = [PROGRAM, '--port', '0', '--kubeconfig-out', '/nonexist/x'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      timeout: 30_000,
      killSignal: 'SIGKILL',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'kube-sim cannot run: --kubeconfig-out /nonexist/x: there is no folder /nonexist\n',
    });
  });
});
