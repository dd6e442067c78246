import { createClusterKeys } from '@mooring/kube-sim';
import type { AccessRules, Allowance } from './access.ts';
import { readKubeconfig, type ReadContext } from './kubeconfig.ts';

const rules = (...allowed: Allowance[]): AccessRules => ({
  allowed: new Set(allowed),
  operator: true,
  readFile: (path) => {
    if (path === '/tokens/me') return 'a-token-from-a-file\n';
    throw new Error('no such file');
  },
});

const upload: AccessRules = { ...rules(), operator: false };

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

const kubeconfig = ({ cluster, user, context }: Parts = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://cluster.test:6443', ...cluster } }],
    users: [{ name: 'u', user: { token: 'secret-token', ...user } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
  });

function read(text: string, given: AccessRules = upload): readonly ReadContext[] {
  const result = readKubeconfig(text, given);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const only = (text: string, given?: AccessRules): ReadContext => read(text, given)[0]!;

const reasonOf = (context: ReadContext) => (context.usable ? undefined : context.reason);

describe('reading a kubeconfig', () => {
  it.each([
    ['not YAML', '{ contexts: [', 'not-yaml'],
    ['a list', '- a\n- b\n', 'not-a-kubeconfig'],
    ['a text', 'hello', 'not-a-kubeconfig'],
    ['another kind', 'kind: Deployment\ncontexts: []', 'not-a-kubeconfig'],
    ['contexts that are no list', 'contexts: {a: b}', 'not-a-kubeconfig'],
    ['a context without a name', 'contexts: [{context: {}}]', 'not-a-kubeconfig'],
    ['a name with a zero character', 'contexts: [{name: "a\\0b"}]', 'not-a-kubeconfig'],
    ['a name with half a surrogate pair', 'contexts: [{name: "\\ud800"}]', 'not-a-kubeconfig'],
    ['a name that is too long', `contexts: [{name: ${'x'.repeat(254)}}]`, 'not-a-kubeconfig'],
    ['no contexts', 'kind: Config\nclusters: []', 'no-contexts'],
    [
      'a bomb of aliases',
      `a: &a [${'x,'.repeat(99)}x]\n${Array.from(
        { length: 9 },
        (_, i) =>
          `b${i}: &b${i} [${Array(50)
            .fill(`*${i === 0 ? 'a' : `b${i - 1}`}`)
            .join(',')}]`,
      ).join('\n')}\ncontexts: *b8`,
      'not-yaml',
    ],
  ])('rejects as a whole what is %s', (_what, text, code) => {
    const result = readKubeconfig(text, upload);
    expect(result.ok ? undefined : result.error.code).toBe(code);
  });

  it('gives the way in of a usable context', () => {
    expect(only(kubeconfig())).toEqual({
      context: 'x',
      usable: true,
      access: { server: 'https://cluster.test:6443', auth: { kind: 'token', token: 'secret-token' } },
    });
  });

  it.each([
    [
      'a context without cluster',
      { context: { cluster: undefined } },
      'cluster-missing',
      'contexts[x].context.cluster',
    ],
    ['a context without user', { context: { user: undefined } }, 'user-missing', 'contexts[x].context.user'],
    ['a cluster that is not there', { context: { cluster: 'other' } }, 'cluster-missing', '"other"'],
    ['no server', { cluster: { server: undefined } }, 'address-invalid', 'clusters[c].cluster.server'],
    [
      'a server that is no URL',
      { cluster: { server: 'cluster:6443 :' } },
      'address-invalid',
      'clusters[c].cluster.server',
    ],
    ['http://', { cluster: { server: 'http://cluster.test' } }, 'field-not-allowed', 'clusters[c].cluster.server'],
    ['the metadata service', { cluster: { server: 'https://169.254.169.254' } }, 'field-not-allowed', 'metadata'],
    ['a link-local IPv6 address', { cluster: { server: 'https://[fe80::1]:6443' } }, 'field-not-allowed', 'link-local'],
    ['an IPv4 address in disguise', { cluster: { server: 'https://2852039166' } }, 'field-not-allowed', 'link-local'],
    [
      'a mapped IPv6 address',
      { cluster: { server: 'https://[::ffff:169.254.169.254]' } },
      'field-not-allowed',
      'link-local',
    ],
    ['a proxy', { cluster: { 'proxy-url': 'http://proxy' } }, 'field-not-allowed', 'proxy'],
    [
      'a user in the URL',
      { cluster: { server: 'https://me:secret@cluster.test' } },
      'address-invalid',
      'user or password',
    ],
    ['a program', { user: { exec: { command: 'aws', apiVersion: 'v1' } } }, 'field-not-allowed', 'aws'],
    [
      'an authority in a file',
      { cluster: { 'certificate-authority': '/etc/ca.crt' } },
      'field-not-allowed',
      'clusters[c].cluster.certificate-authority',
    ],
    ['a token in a file', { user: { tokenFile: '/tokens/me' } }, 'field-not-allowed', 'users[u].user.tokenFile'],
    ['an auth provider', { user: { 'auth-provider': { name: 'gcp' } } }, 'field-not-allowed', '1.26'],
    ['impersonation', { user: { as: 'admin' } }, 'field-not-allowed', 'Impersonation'],
    [
      'an authority that is no certificate',
      { cluster: { 'certificate-authority-data': 'bm8gcGVt' } },
      'certificate-unreadable',
      'certificate-authority-data',
    ],
    ['a field of the wrong type', { cluster: { server: 17 } }, 'field-invalid', 'clusters[c].cluster.server'],
  ])('accounts for %s with the field and the reason', (_what, parts, code, names) => {
    const context = only(kubeconfig(parts));
    expect(reasonOf(context)).toMatchObject({ code, suggestedRemediation: expect.any(String) });
    expect(reasonOf(context)?.message).toContain(names);
  });

  it('names the flag that allows it, to the operator only', () => {
    const exec = kubeconfig({ user: { exec: { command: 'aws', apiVersion: 'v1' } } });
    expect(reasonOf(only(exec, rules()))?.suggestedRemediation).toContain('--allow-exec');
    expect(reasonOf(only(exec, upload))?.suggestedRemediation).not.toContain('--allow-exec');
    const file = kubeconfig({ user: { tokenFile: '/tokens/me', token: undefined } });
    expect(reasonOf(only(file, rules()))?.suggestedRemediation).toContain('--allow-files');
    expect(only(file, rules('files'))).toMatchObject({
      usable: true,
      access: { auth: { kind: 'token', token: 'a-token-from-a-file' } },
    });
    expect(only(exec, rules('exec'))).toMatchObject({
      usable: true,
      access: { auth: { kind: 'exec', command: 'aws' } },
    });
  });

  it('reads when a token and a certificate expire', async () => {
    const payload = Buffer.from(JSON.stringify({ exp: 2_000_000_000 })).toString('base64url');
    const withToken = only(kubeconfig({ user: { token: `head.${payload}.signature` } }));
    expect(withToken).toMatchObject({ usable: true, expiresAt: new Date(2_000_000_000_000) });
    const { certPem: cert, keyPem: key } = (await createClusterKeys('c')).client;
    const data = (text: string): string => Buffer.from(text).toString('base64');
    const withCertificate = only(
      kubeconfig({ user: { token: undefined, 'client-certificate-data': data(cert), 'client-key-data': data(key) } }),
    );
    expect(withCertificate).toMatchObject({
      usable: true,
      access: { auth: { kind: 'certificate' } },
      expiresAt: expect.any(Date),
    });
    const half = only(kubeconfig({ user: { 'client-certificate-data': data(cert) } }));
    expect(reasonOf(half)).toMatchObject({ code: 'certificate-unreadable' });
  });

  it('lets the good ones go on beside duplicates, and never guesses which of two was meant', () => {
    const text = JSON.stringify({
      clusters: [
        { name: 'c', cluster: { server: 'https://one.test' } },
        { name: 'd', cluster: { server: 'https://two.test' } },
        { name: 'd', cluster: { server: 'https://three.test' } },
      ],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: ['c', 'd', 'c'].map((cluster) => ({ name: cluster, context: { cluster, user: 'u' } })),
    });
    const contexts = read(text);
    expect(contexts.map(({ context, usable }) => [context, usable])).toEqual([
      ['c', true],
      ['d', false],
      ['c (2)', false],
    ]);
    expect(contexts.map((context) => reasonOf(context)?.code)).toEqual([
      undefined,
      'duplicate-cluster',
      'duplicate-context',
    ]);
  });

  it('gives every context a name of its own, also beside one that looks like a numbered one', () => {
    const contexts = ['c', 'c', 'c (2)', 'c'].map((name) => ({ name, context: {} }));
    const names = read(JSON.stringify({ contexts })).map(({ context }) => context);
    expect(names).toEqual(['c', 'c (3)', 'c (2)', 'c (4)']);
  });

  it('keeps what is larger than a message of the bus to the context that has it', () => {
    const one = only(kubeconfig({ user: { token: 'x'.repeat(600_000) } }));
    expect(reasonOf(one)?.code).toBe('credential-too-large');
  });

  it.each([1e300, -1e300, 253_402_300_800])('takes no expiry from a token that says %d', (exp) => {
    const token = ['', Buffer.from(JSON.stringify({ exp })).toString('base64url'), ''].join('.');
    expect(only(kubeconfig({ user: { token } }))).not.toHaveProperty('expiresAt');
  });

  it.each(['token: *s3cret', 'a: "s3cret', '- s3cret\nb: c', 'kind: s3cret', '&s3cret a: b: c', '!s3cret {'])(
    'never repeats the text in what it says about %j',
    (text) => {
      expect(JSON.stringify(readKubeconfig(text, upload))).not.toContain('s3cret');
    },
  );

  it('reads a thousand contexts', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `context-${index}`);
    const text = JSON.stringify({
      clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.test` } })),
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: names.map((name) => ({ name, context: { cluster: name, user: 'u' } })),
    });
    expect(read(text).filter(({ usable }) => usable)).toHaveLength(1000);
  });
});
