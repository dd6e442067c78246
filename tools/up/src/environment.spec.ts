import { passedOn, systemEnvironment } from './environment.ts';

describe('what services get from outside', () => {
  it('is each one its own settings, without the prefix', () => {
    const environment = { MOORING_UP_DISCOVERY_LOST_WINDOW: '1s', DISCOVERY_RETRY_MAX: '2s', PATH: '/bin' };
    expect(passedOn(environment, ['connections', 'discovery'])).toEqual({ discovery: { DISCOVERY_LOST_WINDOW: '1s' } });
  });

  it('refuses a setting for no service, and names those that there are', () => {
    expect(() => passedOn({ MOORING_UP_DISCOVRY_RETRY_MAX: '1s' }, ['discovery'])).toThrow(
      'MOORING_UP_DISCOVRY_RETRY_MAX is for no service: allowed are MOORING_UP_DISCOVERY_…',
    );
  });

  it('is nothing of the environment but what a program needs to run', () => {
    expect(systemEnvironment({ PATH: '/bin', NODE_OPTIONS: '--inspect', AWS_SECRET: 'x' })).toEqual({ PATH: '/bin' });
  });
});
