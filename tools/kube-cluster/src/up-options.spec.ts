import { readUpOptions } from './up-options.ts';

describe('what `up` is told', () => {
  it('is ten nodes in one cluster unless told', () => {
    expect(readUpOptions([])).toEqual({
      nodes: 10,
      pods: 0,
      clusters: 1,
      churnPerSecond: undefined,
      bundles: [],
      data: undefined,
      port: undefined,
    });
  });

  it('is taken as it is said, up to the most that is allowed', () => {
    const words = '--nodes 5000 --pods 100000 --clusters 2 --churn 5/s --crds gateway-api,istio --data d --port 65534';
    expect(readUpOptions(words.split(' '))).toEqual({
      nodes: 5000,
      pods: 100_000,
      clusters: 2,
      churnPerSecond: 5,
      bundles: ['gateway-api', 'istio'],
      data: 'd',
      port: 65_534,
    });
  });

  it.each([
    [['--pods', '99999999'], '--pods is a whole number from 0 to 100000, not 99999999'],
    [['--pods', '100001'], 'from 0 to 100000'],
    [['--pods', '1e3'], '--pods is a whole number'],
    [['--pods', ''], '--pods is a whole number'],
    [['--pods=-1'], '--pods is a whole number'],
    [['--pods', '-5'], '--pods is a whole number from 0 to 100000, not -5'],
    [['--churn', '-5'], '--churn is a rate like 5/s or 5, more than 0 and at most 1000/s, not -5'],
    [['--nodes', '5001'], '--nodes is a whole number from 0 to 5000'],
    [['--clusters', '0'], '--clusters is a whole number from 1 to 100'],
    [['--port', '65535', '--clusters', '2'], '--port is a whole number from 1 to 65534'],
    [['--churn', 'much'], '--churn is a rate like 5/s'],
    [['--crds', 'linkerd'], 'gateway-api'],
    [['--nonsense'], '--nonsense'],
  ])('%j is refused with what is allowed', (args, message) => {
    expect(() => readUpOptions(args)).toThrow(message);
  });
});
