// A run of `chain expire` that is killed after so many moves: node killed-expiry.ts ROOT MOVES.

import { expire } from '../../../src/repository/expire.ts'
import { layoutOf } from '../../../src/repository/layout.ts'
import { silentReporter } from '../../../src/report/silent-reporter.ts'
import { systemClock } from '../../../src/system/clock.ts'

const [root = '', moves = '0'] = process.argv.slice(2)
let done = 0

await expire(
  {
    clock: systemClock,
    signal: new AbortController().signal,
    command: 'clonectl chain expire --keep-full=1 --confirm',
    reporter: {
      ...silentReporter,
      info: () => {
        done += 1
        if (done === Number(moves)) process.kill(process.pid, 'SIGKILL')
      },
    },
  },
  layoutOf(root),
  {
    windowStart: undefined,
    keepFulls: 1,
    keepLast: undefined,
    keepLabel: undefined,
    includeBroken: false,
  },
)
