import { fileURLToPath } from 'node:url';
import { runNode } from '@mooring/engines';

const PROGRAM = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));

describe('the program', () => {
  it('names the option and the folder when there is none for the kubeconfig', () => {
    const { status, stderr } = runNode([PROGRAM, '--port', '0', '--kubeconfig-out', '/nonexist/x']);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'kube-sim cannot run: --kubeconfig-out /nonexist/x: there is no folder /nonexist\n',
    });
  });
});
