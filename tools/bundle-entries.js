// Puts each process's code into few files: loading 230 modules one by one takes the validator 0.17 s and 22 MiB more.
// Runs after the compiler, over its output; what is not bundled is loaded from there or from node_modules as before.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const entries = ['cli', 'supervisor', 'agent', 'worker', 'validator', 'control', 'factory', 'demoOrigin'];
/** What an edge's processes load. The rest (ClickHouse, training, control's server) stays outside: native or rarely used. */
const bundledPackages = ['@bufbuild/cel', '@bufbuild/protobuf', '@bufbuild/cel-spec', '@bufbuild/re2', 're2js', 'yaml'];

/** Files find their neighbours by `import.meta.url`; in a bundle it still is the place that the compiler gave them. */
const ownPlaces = {
  name: 'own-places',
  setup(building) {
    building.onLoad({ filter: /\/dist\/.*\.js$/ }, ({ path }) => {
      const place = JSON.stringify(relative(join(dist, 'main'), path));
      const text = readFileSync(path, 'utf8').replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
      return { contents: askingForBuiltins(text), loader: 'js' };
    });
  },
};

/**
 * `import … from 'node:…'` makes Node read every export of the module, also those that are loaded when they are first
 * read: of `node:http` that is all of fetch and WebSocket, 15 MiB and 80 ms in each process. Asking for it reads what is named.
 */
function askingForBuiltins(text) {
  return text.replace(/^import\s+([^'"]+?)\s+from\s+['"](node:[^'"]+)['"];?$/gm, (_, names, module) => {
    const wanted = names.replace(/^\*\s+as\s+/, '').replaceAll(/\s+as\s+/g, ': ');
    return `const ${wanted} = process.getBuiltinModule('${module}');`;
  });
}

const outside = {
  name: 'outside',
  setup(building) {
    building.onResolve({ filter: /^[^./]/ }, ({ path }) => {
      const name = path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/');
      return bundledPackages.includes(name) ? undefined : { path, external: true };
    });
  },
};

await build({
  entryPoints: entries.map((entry) => join(dist, 'main', `${entry}.js`)),
  outdir: join(dist, 'main'),
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'shared-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node26',
  // One µ in a comment, and V8 keeps the whole file with two bytes per character, in every process.
  minifyWhitespace: true,
  minifySyntax: false,
  keepNames: false,
  legalComments: 'inline',
  // Packages of CommonJS ask at run time; those that are bundled ask for nothing but parts of Node.
  banner: { js: 'const require = process.getBuiltinModule;' },
  plugins: [ownPlaces, outside],
});
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses());

function licenses() {
  return bundledPackages
    .map((name) => {
      const folder = join(root, 'node_modules', name);
      const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) : undefined;
      const { license, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const text = file === undefined ? `Licensed under ${license}.` : readFileSync(join(folder, file), 'utf8');
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
