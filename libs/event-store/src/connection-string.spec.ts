import { asAccount, readConnectionString, secureConnectionString } from './connection-string.ts';

const account = { login: 'con:nections', password: 'p@ss:w/rd?&%' };

it('what is made is read again, whatever stands in the password', () => {
  const made = secureConnectionString('localhost:2113', account, '/a folder/ca&.crt');
  expect(readConnectionString(made)).toEqual({
    account,
    host: 'localhost:2113',
    tls: true,
    caFile: '/a folder/ca&.crt',
  });
});

it.each([
  ['esdb://admin:x@a:1,b:2?tls=true', 'esdb://me:y@a:1,b:2?tls=true'],
  ['esdb+discover://a', 'esdb+discover://me:y@a'],
  ['esdb://a:1?tls=false', 'esdb://me:y@a:1?tls=false'],
])('%s for another account is %s', (given, expected) => {
  expect(asAccount(given, { login: 'me', password: 'y' })).toBe(expected);
});

it.each([
  ['esdb://a,b:7/?tls=false', { account: undefined, host: 'a:2113', tls: false, caFile: undefined }],
  ['esdb+discover://a:7', { account: undefined, host: 'a:7', tls: true, caFile: undefined }],
])('%s is understood', (given, expected) => {
  expect(readConnectionString(given)).toEqual(expected);
});

it.each([
  ['localhost:2113', 'esdb://'],
  ['esdb://u:s3cret@', 'no host'],
  ['esdb://u:s3cret@h?tls=true&colour=s3cret', 'does not know'],
  ['esdb://u:s3cret@h?tlsVerifyCert=false', 'does not know'],
  ['esdb://us3cret@h', 'before the @'],
  ['esdb://u:%s3cret@h', 'percent-encoded'],
])('%s is refused, and the refusal holds nothing of it', (given, why) => {
  const refusal = (): unknown => readConnectionString(given);
  expect(refusal).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(why) }));
  expect(refusal).not.toThrow(/s3cret/u);
});
