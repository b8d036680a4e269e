// Tells the story on standard output, in short sentences, with what each step took.

export interface Narrator {
  /** Begins a chapter; they are numbered. */
  chapter(title: string): void
  say(text: string): void
  /** Shows a command as it would be typed; what it writes follows. */
  command(line: string): void
  /** Does something and says afterwards what it was and how long it took. */
  timed<T>(text: string, work: () => Promise<T>): Promise<T>
}

export const formatSeconds = (milliseconds: number): string =>
  `${(milliseconds / 1000).toFixed(1)} s`

export const makeNarrator = (): Narrator => {
  let chapters = 0
  const say = (text: string): void => {
    console.log(text)
  }
  return {
    say,
    chapter: (title) => {
      chapters += 1
      say(`\n== ${chapters}. ${title} ==\n`)
    },
    command: (line) => say(`\n$ ${line}`),
    timed: async (text, work) => {
      const began = performance.now()
      const result = await work()
      say(`${text} (${formatSeconds(performance.now() - began)})`)
      return result
    },
  }
}
