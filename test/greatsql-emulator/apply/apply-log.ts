// Messages of the apply step: ER_CLONE_APPLY_FILE and ER_CLONE_APPLY_FILE_ERROR. In GreatSQL's
// messages_to_error_log.txt they are the 9th and 10th behind start-error-number 49500, and end in
// their colon; what follows is streamed behind it (ib::info(code) << text, ut0log.h).
import type { ErrorLog } from './error-log.ts'

export interface ApplyLog {
  info(text: string): void
  warn(text: string): void
  error(text: string): void
}

export const applyLog = (log: ErrorLog): ApplyLog => ({
  info: (text) => {
    log({ level: 'Note', code: '049509', text: `Restore increment clone data: ${text}` })
  },
  warn: (text) => {
    log({ level: 'Warning', code: '049509', text: `Restore increment clone data: ${text}` })
  },
  error: (text) => {
    log({ level: 'ERROR', code: '049508', text: `Failed to restore increment clone data: ${text}` })
  },
})
