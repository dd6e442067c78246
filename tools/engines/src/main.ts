import { messageOf } from '@mooring/kernel';
import { ENGINES, type EngineName } from './engine-table.ts';
import { ensureEngine, findEngine } from './ensure-engine.ts';
import { cacheFolder } from './paths.ts';

/**
 * `node tools/up/run.mjs tools/engines/dist/src/main.js [--list] [names…]`: gets the named engines (all of them by default) onto this machine;
 * with `--list` only says what is where. Exits with 1 when one cannot be had.
 */
async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((argument) => argument !== '--list');
  const unknown = names.find((name) => !ENGINES.some((engine) => engine.name === name));
  if (unknown !== undefined) {
    console.error(`no engine is called ${unknown}; there are ${ENGINES.map(({ name }) => name).join(', ')}`);
    return 1;
  }
  const wanted = ENGINES.filter(({ name }) => names.length === 0 || names.includes(name)).map(({ name }) => name);
  if (args.includes('--list')) {
    console.log(`cache: ${cacheFolder()}`);
    for (const name of wanted) await list(name);
    return 0;
  }
  const outcomes: boolean[] = [];
  for (const name of wanted) outcomes.push(await get(name));
  return outcomes.every(Boolean) ? 0 : 1;
}

async function list(name: EngineName): Promise<void> {
  const spec = ENGINES.find((engine) => engine.name === name);
  const found = await findEngine(name);
  const where = found === undefined ? 'not on this machine' : `${found.version} in ${found.path}`;
  console.log(`${name.padEnd(20)} pinned ${(spec?.version ?? '').padEnd(16)} ${spec?.source.kind ?? ''}  ${where}`);
}

async function get(name: EngineName): Promise<boolean> {
  try {
    const { version, path } = await ensureEngine(name, { progress: (line) => console.log(line) });
    console.log(`${name.padEnd(20)} ${version.padEnd(16)} ${path}`);
    return true;
  } catch (thrown) {
    console.error(messageOf(thrown));
    return false;
  }
}

process.exitCode = await main(process.argv.slice(2));
