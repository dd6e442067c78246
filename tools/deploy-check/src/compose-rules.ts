import type { ComposeFile, ComposeService } from './compose-file.ts';

type Rule = (service: ComposeService, file: ComposeFile, name: string) => readonly string[];

const unless = (holds: boolean, finding: string): readonly string[] => (holds ? [] : [finding]);

/** Whether others wait for it to end: it runs once and has no health. */
const runsOnce = (name: string, { services }: ComposeFile): boolean =>
  Object.values(services).some(
    ({ depends_on = {} }) => depends_on[name]?.condition === 'service_completed_successfully',
  );

const PINNED = /^[a-z0-9][a-z0-9./-]*:v?\d+\.\d+(?:\.\d+)?(?:-[a-z0-9.-]+)?$/;

const RULES: readonly Rule[] = [
  ({ ports = [] }) =>
    ports.flatMap((port) =>
      unless(/^127\.0\.0\.1:\d+:\d+$/.test(port), `the port ${port} is not published on 127.0.0.1 alone`),
    ),
  ({ image = '' }) => unless(PINNED.test(image), `the image "${image}" is not pinned to a version`),
  ({ user = '' }) => unless(/^[1-9]\d*:[1-9]\d*$/.test(user), `the user "${user}" is not an id other than root's`),
  ({ read_only }) => unless(read_only === true, 'its root file system can be written'),
  ({ cap_drop = [] }) => unless(cap_drop.includes('ALL'), 'it keeps capabilities'),
  ({ security_opt = [] }) => unless(security_opt.includes('no-new-privileges:true'), 'it can gain privileges'),
  ({ privileged }) => unless(privileged !== true, 'it is privileged'),
  ({ healthcheck }, file, name) => {
    if (runsOnce(name, file)) return [];
    return unless(
      healthcheck?.test[0] === 'CMD' && healthcheck.test.length > 1,
      'it has no health check without a shell',
    );
  },
  ({ restart }, file, name) =>
    unless(runsOnce(name, file) === (restart === undefined), 'what runs once is not restarted, and everything else is'),
  ({ networks = [] }, file) =>
    networks.flatMap((network) => unless(file.networks?.[network] !== undefined, `no network is called ${network}`)),
  ({ volumes = [] }, file) =>
    volumes.flatMap((volume) => {
      const [source = ''] = volume.split(':');
      return unless(file.volumes?.[source] !== undefined, `no volume is called ${source}`);
    }),
  ({ depends_on = {} }, file) =>
    Object.entries(depends_on).flatMap(([other, { condition }]) => [
      ...unless(file.services[other] !== undefined, `it waits for ${other}, which there is not`),
      ...unless(
        condition !== 'service_healthy' || file.services[other]?.healthcheck !== undefined,
        `it waits for ${other} to be healthy, which has no health check`,
      ),
    ]),
  // A secret is in a file; what a person could type into this file is a default that everybody knows.
  ({ environment = {} }) =>
    Object.entries(environment).flatMap(([variable, value]) =>
      unless(
        !/(PASSWORD|SECRET|TOKEN|SEED|KEY)(_FILE)?$/.test(variable) || value.startsWith('/'),
        `${variable} is no path of a file`,
      ),
    ),
  ({ environment = {} }) =>
    Object.entries(environment).flatMap(([variable, value]) =>
      unless(!/:\/\/[^/]*:[^/]*@/.test(value), `${variable} holds a password`),
    ),
];

/** What is not as this project wants its compose file; for one that the schema allows. */
export const checkComposeRules = (file: ComposeFile): readonly string[] =>
  Object.entries(file.services).flatMap(([name, service]) =>
    RULES.flatMap((rule) => rule(service, file, name)).map((finding) => `${name}: ${finding}`),
  );
