import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkoutFolder } from '@mooring/engines';
import { Failure, messageOf } from '@mooring/kernel';
import { connectBus, discardDeadLetter, listDeadLetters, redriveDeadLetter, type Bus } from '@mooring/messaging';
import { DEFAULT_PORT, readPort } from './options.ts';
import { portsFrom } from './ports.ts';
import { openSecrets } from './secrets.ts';

const HELP = `Messages that a service gave up on: what they are, why, and another try.

  npm run dead-letters -- list [--consumer NAME]   one line of JSON each
  npm run dead-letters -- redrive SEQUENCE …     hand them to their consumer again
  npm run dead-letters -- discard SEQUENCE …     throw them away, for good

  --data DIR, --port N   both as given to npm start
  --help                 this text
`;

function sequencesOf(command: string, words: readonly string[]): readonly number[] {
  if (command !== 'redrive' && command !== 'discard')
    throw new Failure('invalid', `"${command}" is not list, redrive or discard\n\n${HELP}`);
  if (words.length === 0) throw new Failure('invalid', `name at least one SEQUENCE\n\n${HELP}`);
  return words.map((word) => {
    const sequence = Number(word);
    if (!Number.isSafeInteger(sequence) || sequence < 1)
      throw new Failure('invalid', `"${word}" is no sequence: a whole number from 1`);
    return sequence;
  });
}

async function list(bus: Bus, consumer: string | undefined): Promise<void> {
  const letters = await listDeadLetters(bus, consumer === undefined ? {} : { consumer });
  if (letters.length === 0) console.log('There are no dead letters.');
  for (const letter of letters) {
    console.log(JSON.stringify({ ...letter, data: Buffer.from(letter.data).toString('utf8') }));
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { consumer: text, data: text, port: text, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (thrown) {
    throw new Failure('invalid', `${messageOf(thrown)}\n\n${HELP}`);
  }
}

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, ...words] = positionals;
  if (values.help === true || command === undefined) {
    console.log(HELP);
    return;
  }
  const sequences = command === 'list' ? [] : sequencesOf(command, words);
  const dataFolder =
    values.data === undefined
      ? join(checkoutFolder(), '.mooring')
      : resolve(process.env['INIT_CWD'] ?? '', values.data);
  if (!existsSync(join(dataFolder, 'secrets')))
    throw new Failure('not-found', `${dataFolder} is no data folder of Mooring: name it with --data DIR`);
  const secrets = await openSecrets(dataFolder);
  const { nats } = portsFrom(readPort(values.port ?? String(DEFAULT_PORT)));
  await using bus = await connectBus({
    servers: `nats://127.0.0.1:${nats}`,
    name: 'operator',
    user: { seed: secrets.natsSeed('operator') },
  });
  switch (command) {
    case 'list':
      await list(bus, values.consumer);
      return;
    case 'redrive':
      for (const sequence of sequences) {
        await redriveDeadLetter(bus, sequence);
        console.log(`${sequence} was handed to its consumer again`);
      }
      return;
    default:
      for (const sequence of sequences) {
        await discardDeadLetter(bus, sequence);
        console.log(`${sequence} was thrown away`);
      }
  }
}

try {
  await run(process.argv.slice(2));
  process.exit(0);
} catch (thrown) {
  console.error(messageOf(thrown));
  process.exit(1);
}
