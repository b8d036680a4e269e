// The outside world as main sees it, so that tests call main with a world of their own.

export interface OutputStream {
  /** Resolves when the text was handed over; a reader that went away (EPIPE) is not an error. */
  write(text: string): Promise<void>
  readonly isTTY: boolean
  /** Width of the terminal in characters. */
  readonly columns: number
}

export type SignalName = 'SIGINT' | 'SIGTERM'

/** Asks a person. Undefined parts mean that nobody sits there. */
export interface Terminal {
  /** Reads a line that is not shown while it is typed. Throws CANCELLED at Ctrl-C. */
  askSecret(question: string): Promise<string>
  /** Reads one line. */
  ask(question: string): Promise<string>
}

export interface Io {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Undefined when standard input or standard error is no terminal. */
  readonly terminal: Terminal | undefined
  /** Calls back at each signal until the returned function is called. */
  onSignal(handler: (signal: SignalName) => void): () => void
  /** What other users see of the command line, as in `ps`. */
  setTitle(title: string): void
  /** Ends the process at once: only for a second Ctrl-C, and where work goes on that nobody waits for. */
  exitNow(code: number): void
}
