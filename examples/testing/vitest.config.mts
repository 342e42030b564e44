import { defineConfig } from 'vitest/config';

// Temporal's native library is loaded once in a process.
export default defineConfig({ test: { include: ['vitest/*.test.ts'], pool: 'forks' } });
