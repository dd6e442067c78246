import { parseAction, parseRate } from './actions.ts';

describe('what can be done to a running cluster', () => {
  it.each([
    [['compact'], { what: 'compact' }],
    [['rotate-token', 'viewer'], { what: 'rotate-token', role: 'viewer' }],
    [['rotate-certificate'], { what: 'rotate-certificate', newAuthority: false }],
    [['rotate-certificate', '--new-authority'], { what: 'rotate-certificate', newAuthority: true }],
    [['crds', 'istio'], { what: 'crds', bundle: 'istio' }],
    [['churn', '5/s', '60'], { what: 'churn', perSecond: 5, seconds: 60 }],
  ])('%j is understood', (words, value) => {
    expect(parseAction(words)).toEqual({ ok: true, value });
  });

  it.each([
    [['explode'], 'there is no explode'],
    [['rotate-token', 'everybody'], 'viewer'],
    [['crds', 'linkerd'], 'gateway-api'],
    [['churn', 'much', '60'], 'churn 5/s 60'],
    [['compact', 'x'], 'compact does not take x'],
    [['crds', 'istio', 'x'], 'crds does not take x'],
    [['churn', '5/s', '60', 'x'], 'churn does not take x'],
    [['rotate-certificate', 'x'], '--new-authority, not x'],
    [['churn', '5/s', '-1'], 'at most 86400 seconds, both more than 0, as in churn 5/s 60, not 5/s -1'],
    [['churn', '5/s', '60/s'], 'not 5/s 60/s'],
    [[], 'compact'],
  ])('%j is refused with what there is', (words, message) => {
    const parsed = parseAction(words);
    expect(parsed.ok ? '' : parsed.error).toContain(message);
  });

  it('a rate is a number, with or without its unit', () => {
    expect(['5/s', '0.5', '1000/s', '0', '-1', '5/m', '1001'].map(parseRate)).toEqual([
      5,
      0.5,
      1000,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
