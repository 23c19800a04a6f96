import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['MILLWRIGHT_URL'] ?? 'http://127.0.0.1:7117';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { typebox: fileURLToPath(new URL('src/api/schema-builder.ts', import.meta.url)) } },
  build: {
    outDir: fileURLToPath(new URL('../server/static', import.meta.url)),
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Small files inlined as data: addresses would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'vendor',
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack[\\/](react-router|router-core|history|react-query|query-core|react-store|store))[\\/]/,
            },
            { name: 'graph', test: /node_modules[\\/](@xyflow|@dagrejs)[\\/]/ },
            { name: 'uplot', test: /node_modules[\\/]uplot[\\/]/ },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': server, '/openapi.json': server } },
});
