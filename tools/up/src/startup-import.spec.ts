import { startupImportIn } from './startup-import.ts';

const line = (msg: string, more = {}) => JSON.stringify({ level: 'info', msg, ...more });

describe('what connections says about the kubeconfig given at start', () => {
  it('is the id of the import', () => {
    expect(startupImportIn(line('the kubeconfig given at start was imported', { importId: 'i' }))).toEqual({
      importId: 'i',
    });
  });

  it('is why it cannot be used, once and without the quotes of the log', () => {
    const msg =
      'the kubeconfig given at start was not imported: the kubeconfig given at start cannot be used: the document is not YAML: "a" at line 1';
    expect(startupImportIn(line(msg))).toEqual({ refused: 'cannot be used: the document is not YAML: "a" at line 1' });
  });

  it('is why reading it failed', () => {
    expect(startupImportIn(line('the kubeconfig given at start was not imported: the disk is full'))).toEqual({
      refused: 'was not imported: the disk is full',
    });
  });

  it.each([line('ready'), 'the kubeconfig given at start was imported', '{', ''])('is nothing in %j', (other) => {
    expect(startupImportIn(other)).toBeUndefined();
  });
});
