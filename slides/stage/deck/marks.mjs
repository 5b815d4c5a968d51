/** Marks, the figures that notes quote from recordings (see marks.py). */

const MARK = /\[([^[\]]*)\]\(\s*(recordings\/[\w.-]+\.cast)\s+"([^"*]*\*[^"*]*)"\s*\)/g

/** Return a note as it is read: of a mark its figure, as its source is now. */
export const readNote = (note, sources) =>
  note.replace(MARK, (_, written, cast, words) => {
    const source = `${cast} ${words}`.trim().replace(/\s+/g, " ")
    return sources[source]?.split("\n")[0] ?? written // a line each: figure, range
  })
