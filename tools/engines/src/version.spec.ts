import { compareVersions, majorMinor } from './version.ts';

describe('versions', () => {
  it.each([
    ['2.9.10', '2.12', -1],
    ['v2.15.2', '2.12', 1],
    ['2.12.0', '2.12', 0],
    ['18.4.0-beta.17', '18.4', 0],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });

  it('are shortened to major and minor', () => {
    expect(majorMinor('v18.4.0-beta.17')).toBe('18.4');
  });
});
