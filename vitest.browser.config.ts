// The tests that look at pages in a real browser. They are apart from the others because the browser is
// fetched for them, some 110 MB: `npm run test:browser`.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    watch: false,
    allowOnly: false,
    update: 'none',
    reporters: ['default'],
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
})
