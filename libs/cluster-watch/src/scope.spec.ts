import { BASIC_TYPES } from './basic-types.ts';
import { scopesOf } from './scope.ts';

const includedOf = (name: string, namespaces: object): readonly (string | undefined)[] => {
  const type = BASIC_TYPES.find(({ groupResource }) => groupResource === name)!;
  return scopesOf(type, { namespaces }).map(({ included }) => included);
};

describe('scopes', () => {
  it.each(['pods', 'namespaces'])('say which namespace they read, where %s are read in included ones', (name) => {
    expect(includedOf(name, { include: ['shop', 'bay', 'off'], exclude: ['off'] })).toEqual(['bay', 'shop']);
  });

  it('are one that says none, where all namespaces are read, and of what is in none', () => {
    expect(includedOf('pods', { exclude: ['off'] })).toEqual([undefined]);
    expect(includedOf('nodes', { include: ['shop'] })).toEqual([undefined]);
  });
});
