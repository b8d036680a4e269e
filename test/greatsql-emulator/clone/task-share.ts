// How the writer tasks of a clone share the pages of one tablespace (clone0clone.cc,
// open_file).

/** The pages of every task, task 0 first; a task after it that has no pages has no file either. */
export const shareOut = (
  pages: readonly number[],
  tasks: number,
): readonly (readonly number[])[] => {
  const share = Math.max(1, Math.ceil(pages.length / tasks))
  const shares: (readonly number[])[] = [pages.slice(0, share)]
  for (let first = share; first < pages.length; first += share) {
    shares.push(pages.slice(first, first + share))
  }
  return shares
}
