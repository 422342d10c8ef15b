import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const API = process.env.HEMOVAULT_API ?? 'http://127.0.0.1:8642';

/** `vite` proxies the real API; `vite --mode fixture` answers from dev/ instead, to look at screens without a centre. */
export default defineConfig(async ({ mode }) => ({
  plugins: mode === 'fixture' ? [react(), (await import('./dev/server')).fixtureServer()] : [react()],
  build: {
    outDir: '../static',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    ...(mode === 'fixture' ? {} : { proxy: { '/api': API } }),
  },
}));
