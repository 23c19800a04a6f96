import { dirname, join, relative, sep } from 'node:path';
import { at, root } from './paths.mjs';

const outDir = at('packages', 'cli', 'dist');
const fromOutDir = (path) => relative(outDir, path).replaceAll(sep, '/');

// Threads and the console are found beside the sources, wherever the code that asks for them was put.
const keepPlaces = {
  name: 'keep-places',
  transform(code, id) {
    const path = id.split('?')[0];
    if (!path.startsWith(at('packages') + sep) || !code.includes('import.meta.')) return null;
    const folder = JSON.stringify(`/${fromOutDir(dirname(path))}`);
    const file = JSON.stringify(fromOutDir(path));
    return {
      code: code
        .replaceAll('import.meta.dirname', `(import.meta.dirname + ${folder})`)
        .replaceAll('import.meta.url', `new URL(${file}, import.meta.url)`),
      map: null,
    };
  },
};

/** The command line and the server in a few files of JavaScript: to read a thousand modules takes most of a start. */
export default {
  root,
  logLevel: 'warn',
  plugins: [keepPlaces],
  ssr: { noExternal: [/^@millwright\//, 'typebox', 'kysely'] },
  build: {
    ssr: join(root, 'packages', 'cli', 'src', 'main.ts'),
    outDir,
    emptyOutDir: true,
    target: 'node26',
    minify: false,
    sourcemap: true,
    rolldownOptions: { output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' } },
  },
};
