import fc from 'fast-check';
import { stringify } from 'yaml';
import { readKubeconfig } from './kubeconfig.ts';

const rules = {
  allowed: new Set<never>(),
  operator: false,
  readFile: (): never => {
    throw new Error('an upload reads no file');
  },
};

/** What this process spent; neighbours do not count. */
function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Reads it; fails when that throws or takes long. What is read accounts for each context under a name of its own. */
function read(text: string) {
  const before = process.cpuUsage();
  const result = readKubeconfig(text, rules);
  expect(cpuMs(before)).toBeLessThan(5_000);
  if (result.ok) {
    const names = result.value.map(({ context }) => context);
    expect(new Set(names).size).toBe(names.length);
    for (const context of result.value)
      if (!context.usable)
        expect(context.reason).toMatchObject({ code: expect.any(String), message: expect.stringMatching(/\S/) });
  }
  return result;
}

const code = (text: string): string | undefined => {
  const result = read(text);
  return result.ok ? undefined : result.error.code;
};

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    ...['', 'a', '~', 'null', 'https://127.0.0.1', 'https://[::1]:1', 'data:', '__proto__', 'constructor'],
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double(),
);
const key = fc.oneof(
  fc.constantFrom(
    ...['name', 'server', 'token', 'cluster', 'user', 'exec', 'command', '__proto__', 'certificate-authority-data'],
  ),
  fc.string({ maxLength: 8 }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(key, tie('any'), { maxKeys: 4 }),
  ),
})).any;
const entry = (member: string) =>
  fc.oneof(
    fc.record({
      name: fc.oneof(fc.constantFrom('a', 'b'), scalar),
      [member]: fc.oneof(value, fc.dictionary(key, scalar)),
    }),
    value,
  );
const kubeconfig = fc.record(
  {
    kind: fc.oneof({ weight: 5, arbitrary: fc.constant('Config') }, { weight: 1, arbitrary: scalar }),
    contexts: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.array(
          fc.record({
            name: fc.constantFrom('a', 'b', 'c'),
            context: fc.oneof(
              value,
              fc.record({ cluster: fc.constantFrom('a', 'b'), user: fc.constantFrom('a', 'b') }),
            ),
          }),
          { maxLength: 5 },
        ),
      },
      { weight: 1, arbitrary: value },
    ),
    clusters: fc.oneof(fc.array(entry('cluster'), { maxLength: 3 }), value),
    users: fc.oneof(fc.array(entry('user'), { maxLength: 3 }), value),
  },
  { requiredKeys: [] },
);

const GOOD = stringify({
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://cluster.test' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
});

describe('a kubeconfig, whatever it is', () => {
  it('is accounted for or refused when it is any document of about the right shape', () => {
    fc.assert(
      fc.property(kubeconfig, (document) => void read(JSON.stringify(document))),
      { numRuns: 1_000 },
    );
  });

  it('is so as YAML, and as any text', () => {
    fc.assert(
      fc.property(kubeconfig, (document) => void read(stringify(document))),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void read(text)),
      { numRuns: 500 },
    );
  });

  it('is so after any piece of it was cut out, doubled or replaced', () => {
    const at = fc.nat({ max: GOOD.length });
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...[
          '&a ',
          '*a',
          '<<: *a\n',
          '? ',
          '- ',
          '\t',
          '\r\n',
          '\ufeff',
          '!!binary x',
          '!!js/function',
          '--- ',
          '...',
          '%YAML 9',
          '|',
          '>',
          '[',
          '{',
          ': ',
          '#',
          '\u0000',
          '\ud800',
        ],
      ),
    );
    fc.assert(
      fc.property(at, at, piece, (one, other, inserted) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        read(GOOD.slice(0, from) + inserted + GOOD.slice(to));
        read(GOOD.slice(0, to) + inserted + GOOD.slice(from));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['Windows line ends', GOOD.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${GOOD}`],
    ['comments and a document mark', `# mine\n---\n${GOOD}\n...\n`],
    ['anchors and aliases', GOOD.replace('name: c', 'name: &n c').replace('cluster: c', 'cluster: *n')],
  ])('is used with %s', (_name, text) => {
    const result = read(text);
    expect(result.ok && result.value.map(({ usable }) => usable)).toEqual([true]);
  });

  it.each([
    ['tabs for spaces', GOOD.replaceAll('  ', '\t'), 'not-yaml'],
    ['a key twice', `${GOOD}kind: Config\n`, 'not-yaml'],
    ['two documents', `${GOOD}---\n${GOOD}`, 'not-yaml'],
    ['an alias to itself', 'contexts: &a [*a]', 'not-yaml'],
    ['an alias to nothing', 'contexts: *a', 'not-yaml'],
    [
      'a bomb of merge keys',
      `a0: &a0 {x: 1}\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} {y${i}: [*a${i}, *a${i}, *a${i}, *a${i}], <<: *a${i}}`).join('\n')}\ncontexts: *a40`,
      'not-yaml',
    ],
    [
      'a bomb of mappings',
      `a0: &a0 {x: 1}\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} {l: *a${i}, r: *a${i}}`).join('\n')}\ncontexts: *a30`,
      'not-yaml',
    ],
    ['nested too deep', `contexts: ${'['.repeat(200_000)}`, 'not-yaml'],
    [
      'nested too deep in blocks',
      Array.from({ length: 3_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'not-a-kubeconfig',
    ],
  ])('is refused in bounded time with %s', (_name, text, expected) => {
    const found = code(text);
    expect([expected, 'not-yaml', 'no-contexts']).toContain(found);
  });

  it.each([
    ['one long text', `kind: Config\nx: ${'y'.repeat(5_000_000)}\n`],
    ['five million spaces', `${' '.repeat(5_000_000)}\n`],
    ['a million empty lines', '\n'.repeat(1_000_000)],
    ['a long list of nothing', `contexts: [${'~,'.repeat(200_000)}~]`],
    ['quotes', `x: "${'\\"'.repeat(500_000)}"`],
    ['dashes', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(50_000)],
    ['colons', ':'.repeat(1_000_000)],
    ['tags', '!a '.repeat(100_000)],
  ])(
    'is refused in bounded time when it is %s',
    (_name, text) => {
      expect(read(text).ok).toBe(false);
    },
    30_000,
  );

  it('pollutes nothing', () => {
    read(
      '{"__proto__": {"polluted": 1}, "contexts": [{"name": "__proto__", "context": {"cluster": "__proto__", "user": "constructor"}}]}',
    );
    read('__proto__: {polluted: 1}\ncontexts: [{name: a, context: {__proto__: {polluted: 1}}}]');
    read('x: &a {__proto__: {polluted: 1}}\n<<: *a\ncontexts: [{name: a}]');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
