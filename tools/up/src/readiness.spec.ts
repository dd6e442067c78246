import { missingIn } from './readiness.ts';

describe('what is missing, in words', () => {
  it('names what is not ready, with what it says', () => {
    const contributors = [
      { name: 'connections', ready: false, message: 'the relay is 3 events behind' },
      { name: 'discovery', ready: true },
      { name: 'console', ready: false },
    ];
    expect(missingIn(JSON.stringify({ ready: false, contributors }))).toBe(
      'connections (the relay is 3 events behind), console',
    );
  });

  it('is the answer itself where it is not understood', () => {
    expect(missingIn('Bad Gateway')).toBe('Bad Gateway');
  });
});
