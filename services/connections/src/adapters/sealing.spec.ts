import type { ClusterAccess } from '@mooring/cluster-watch';
import { compactDecrypt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import { randomBytes } from 'node:crypto';
import { createSealing, type Sealing } from './sealing.ts';

const access: ClusterAccess = {
  server: 'https://a.test:6443',
  caPem: 'authority',
  auth: { kind: 'token', token: 'secret-token' },
};
const otherToken: ClusterAccess = { ...access, auth: { kind: 'token', token: 'another' } };

let pair: Awaited<ReturnType<typeof generateKeyPair>>;
const sealingWith = async (master = randomBytes(32)): Promise<Sealing> =>
  createSealing({ master, discovery: await exportJWK(pair.publicKey) });

beforeAll(async () => {
  pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
});

describe('sealing', () => {
  it('opens what it sealed, never the same way twice, and shows nothing of it', async () => {
    const sealing = await sealingWith();
    const [one, other] = [await sealing.seal(access), await sealing.seal(access)];
    expect(await sealing.open(one)).toEqual(access);
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').toString()).not.toContain('secret-token');
  });

  it('finds what another key sealed, or somebody altered, corrupt', async () => {
    const sealing = await sealingWith();
    const sealed = await sealing.seal(access);
    await expect((await sealingWith()).open(sealed)).rejects.toMatchObject({ code: 'corrupt' });
    const altered = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    await expect(sealing.open(altered)).rejects.toMatchObject({ code: 'corrupt' });
    await expect(sealing.open('no JWE')).rejects.toMatchObject({ code: 'corrupt' });
  });

  it("seals for discovery what only discovery's private key opens", async () => {
    const sealing = await sealingWith();
    const sealed = await sealing.sealForDiscovery(access);
    const { plaintext } = await compactDecrypt(sealed, pair.privateKey);
    expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual(access);
    expect(decodeProtectedHeader(sealed)).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' });
    const stranger = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256' });
    await expect(compactDecrypt(sealed, stranger.privateKey)).rejects.toThrow();
    await expect(sealing.open(sealed)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('gives the same credential the same fingerprint, wherever it leads, and another one another', async () => {
    const sealing = await sealingWith();
    const print = sealing.fingerprint(access);
    expect(print).toMatch(/^[0-9a-f]{32}$/);
    expect(sealing.fingerprint({ ...access, server: 'https://b.test' })).toBe(print);
    expect(sealing.fingerprint({ ...access, auth: { token: 'secret-token', kind: 'token' } })).toBe(print);
    expect(sealing.fingerprint(otherToken)).not.toBe(print);
    expect((await sealingWith()).fingerprint(access)).not.toBe(print);
  });

  it('names a way in by address, name for TLS, authority and credential together', async () => {
    const sealing = await sealingWith();
    const ways = [
      access,
      otherToken,
      { ...access, server: 'https://b.test' },
      { ...access, caPem: 'another authority' },
      { ...access, tlsServerName: 'b.test' },
      { ...access, insecureSkipTlsVerify: true },
    ].map((way) => sealing.accessId(way));
    expect(new Set(ways).size).toBe(ways.length);
    expect(sealing.accessId({ ...access })).toBe(ways[0]);
  });

  it('refuses a master key of another length', async () => {
    await expect(sealingWith(randomBytes(31))).rejects.toMatchObject({ code: 'invalid' });
  });
});
