import { parseDemoArguments } from './arguments.ts';

describe('the command line', () => {
  it('has a sensible default for everything', () => {
    expect(parseDemoArguments([])).toEqual({
      ok: true,
      value: { clusters: 3, port: 7443, kubeconfigOut: undefined, controlPort: undefined, intervalMs: 4000, pods: 60 },
    });
  });

  it.each([
    [['--clusters', '0'], '--clusters: a whole number from 1 to 100'],
    [['--port', 'x'], '--port: a whole number'],
    [['--clusters', '1.5', '--pods', '-1'], '--clusters'],
    [['--what'], '--what'],
    [['--help'], 'Usage'],
  ])('%j is refused with what to do', (args, message) => {
    const parsed = parseDemoArguments(args);
    expect(parsed.ok ? '' : parsed.error).toContain(message);
    expect(parsed.ok ? '' : parsed.error).toContain('Usage');
  });
});
