import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const API = process.env.HEMOVAULT_API ?? 'http://127.0.0.1:8642';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../static',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 900,
  },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': API } },
});
