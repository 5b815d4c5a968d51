/** What is wrong in a section, named with its file and line for people. */

/** Something wrong at a token: one line. */
export class Problem extends Error {}

/** Let a rule work; what it finds wrong is noted with its place, among the problems or
 * elsewhere, and it returns something else. */
export function guard(env, token, rule, noted = env.problems, otherwise = "") {
  try {
    return rule()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    noted.add(`${env.file}:${lineOf(token)}: ${error.message}`)
    return otherwise
  }
}

export const lineOf = (token) => (token.map ?? token.meta?.map ?? [0])[0] + 1

/** Let the tokens inside a paragraph know their line, too. */
export function placeInlineTokens(md) {
  md.core.ruler.after("inline", "deck_lines", ({ tokens }) => {
    let line = 0
    for (const { type, map, children } of tokens) {
      if (map) [line] = map // a cell of a table has that of its row
      if (type !== "inline") continue
      for (const child of children) {
        child.meta = { ...child.meta, map: [line, line + 1] }
        if (child.type.endsWith("break")) line += 1
      }
    }
  })
}
