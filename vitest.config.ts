// Three projects, from fast and closed to slow and real. They run one after the other, so that a slow
// server never starves a test that measures time. Nothing here depends on CI or on a terminal.
import { defineConfig } from 'vitest/config'

const common = { allowOnly: false, restoreMocks: true, unstubEnvs: true } as const

export default defineConfig({
  test: {
    watch: false,
    // A missing snapshot fails everywhere, not only in CI; write it with `npx vitest run -u`.
    update: 'none',
    reporters: ['default'],
    // The last server to stop may still be flushing its pages.
    teardownTimeout: 60_000,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/tidy.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'process',
          include: ['test/process/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'server',
          include: ['test/server/**/*.test.ts'],
          globalSetup: ['test/bed/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // Each file may start several servers: memory is the limit, not processors.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
