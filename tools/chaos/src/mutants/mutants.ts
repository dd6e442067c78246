import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@mooring/kernel';

/** One replacement in a file of the build. */
export interface Edit {
  /** In the checkout, under `dist`. */
  readonly file: string;
  /** Has to be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A deliberate bug, which the checks must find. It is put into a copy of the build; the product knows nothing of it. */
export interface Mutant {
  readonly name: string;
  readonly description: string;
  readonly edits: readonly Edit[];
  /** Faults under which it shows, as for `--only`. */
  readonly shownBy: string;
}

const SETTLER = 'libs/messaging/dist/src/consume/batch-settler.js';
const RELAY = 'libs/messaging/dist/src/relay/publish-from.js';
const PROJECTION = 'libs/read-model/dist/src/projection/run.js';
const STREAM = 'services/notifications/dist/src/http/event-stream.js';
const COMMAND = 'libs/event-store/dist/src/command.js';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'ack-before-commit',
    description: 'the event log acknowledges messages before the transaction that writes them has committed',
    shownBy: 'strand:notifications',
    edits: [
      {
        file: SETTLER,
        find: 'await inBatchSpan(',
        replace: 'for (const { held } of batch) held.message.ack();\n                await inBatchSpan(',
      },
    ],
  },
  {
    name: 'relay-from-memory',
    description: 'the relay goes on after what it handed over, not after what its stream really holds',
    shownBy: 'power-cut',
    edits: [
      { file: RELAY, find: 'const WINDOW = ', replace: 'let handedOver;\nconst WINDOW = ' },
      {
        file: RELAY,
        find: 'const hasRoom = pipeline.publish(',
        replace: 'handedOver = stored.position;\n                        const hasRoom = pipeline.publish(',
      },
      {
        file: RELAY,
        find: "from: tail.own?.position ?? 'start',",
        replace: "from: handedOver ?? tail.own?.position ?? 'start',",
      },
      { file: RELAY, find: 'expectAt: tail.own && ', replace: 'expectAt: handedOver === undefined && tail.own && ' },
    ],
  },
  {
    name: 'checkpoint-apart',
    description: 'projections commit their checkpoint in a transaction of its own, before the rows',
    shownBy: 'cut:postgres',
    edits: [
      {
        file: PROJECTION,
        find: 'async function applyBatch(db, projection, batch) {',
        replace: `async function applyBatch(db, projection, batch) {
    let later;
    const pretended = { ...projection, apply: async (_tx, events) => { later = events; } };
    const serving = await applyTogether(db, pretended, batch);
    if (later !== undefined) await db.transaction().execute(async (tx) => {
        await lockCheckpoint(tx, projection.name, projection.version);
        await projection.apply(tx, later);
    });
    return serving;
}
async function applyTogether(db, projection, batch) {`,
      },
    ],
  },
  {
    name: 'resume-one-too-far',
    description: 'the live stream goes on one event after the one that Last-Event-ID asks for',
    shownBy: 'kill:gateway',
    edits: [
      {
        file: STREAM,
        find: "return { kind: 'after', number: BigInt(lastEventId) };",
        replace: "return { kind: 'after', number: BigInt(lastEventId) + (lastEventId === '0' ? 0n : 1n) };",
      },
    ],
  },
  {
    name: 'forgets-keys',
    description: 'a command that comes again under its Idempotency-Key is decided again',
    shownBy: 'kill:connections',
    edits: [{ file: COMMAND, find: 'if (earlier !== undefined)', replace: 'if (false)' }],
  },
];

/** Puts a mutant into a copy of a build. Throws a Failure `invalid` when the code it changes is not there exactly once. */
export async function applyMutant({ name, edits }: Mutant, copy: string): Promise<void> {
  for (const { file, find, replace } of edits) {
    const path = join(copy, file);
    const text = await readFile(path, 'utf8').catch(() => '');
    const places = text.split(find).length - 1;
    if (places !== 1) {
      throw new Failure(
        'invalid',
        `the mutant ${name} no longer applies: ${file} has its place ${places} times, which has to be once: ${find}`,
      );
    }
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }
}
