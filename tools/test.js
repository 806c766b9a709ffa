// `npm test`: static checks, then unit tests, then tests that start real processes (one file at a
// time where they measure). Extra arguments are test files to run instead: `npm test -- src/rules/*.test.ts`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRuntime } from '../bin/runtime.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const runtime = findRuntime();
const chosen = process.argv.slice(2);
// Edges that the tests start fetch no lists of the operators of bots.
process.env.HOLDFAST_OFFLINE = '1';
/** Folders whose tests look at times, loads or memory: nothing else runs beside them. */
const measuring = ['bench', 'bundles', 'drills', 'edge', 'resilience', 'soak', 'whole'];

if (process.env.CI === 'true' && process.platform === 'linux')
  run('test tools', 'bash', ['tools/install-test-tools.sh']);
if (chosen.length > 0) {
  run('chosen tests', runtime, ['--test', '--test-concurrency=1', ...chosen]);
} else {
  run('documents', runtime, ['tools/makeDocs.ts', '--check']);
  run('types', runtime, ['node_modules/typescript/bin/tsc', '-p', '.']);
  run('lint and format', runtime, ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.']);
  run('unit tests', runtime, [
    '--test',
    '--test-concurrency=2',
    '--test-timeout=120000',
    ...testFiles('src'),
    ...testFiles('bench'),
  ]);
  const files = testFiles('test');
  const measures = (file) => measuring.some((folder) => file.startsWith(join('test', folder)));
  const processes = ['--test', '--test-timeout=600000'];
  run('tests that measure', runtime, [...processes, '--test-concurrency=1', ...files.filter(measures)]);
  run('other tests with real processes', runtime, [
    ...processes,
    '--test-concurrency=2',
    ...files.filter((file) => !measures(file)),
  ]);
}

/** Every `*.test.ts` below a folder, sorted; a shell's globbing differs between machines, this does not. */
function testFiles(folder) {
  const files = [];
  for (const entry of readdirSync(join(root, folder), { recursive: true })) {
    if (String(entry).endsWith('.test.ts')) files.push(join(folder, String(entry)));
  }
  return files.sort();
}

function run(title, command, args) {
  console.log(`\n== ${title}`);
  const started = Date.now();
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`== ${title} failed${error ? `: ${error.message}` : ''}; npm test stops here`);
    process.exit(status ?? 1);
  }
  console.log(`== ${title}: passed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
