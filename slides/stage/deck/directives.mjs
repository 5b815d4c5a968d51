/** What a section asks for of the whole page: its theme, its size, its minutes. */

import { yaml } from "@marp-team/marpit/lib/markdown/directives/yaml.js"
import { load } from "js-yaml"

/** Return the minutes of a section; note what it asks for that is not sound. */
export function readDirectives(marp, { file, text }, tokens, env) {
  const complain = (name, what) => {
    const lines = text.split("\n")
    const inFront = lines.findIndex((line) => new RegExp(`^["']?${name}\\b`).test(line))
    const inComment = lines.findIndex((line) => line.includes(`${name}:`))
    const line = Math.max(inFront < 0 ? inComment : inFront, 0) + 1
    env.problems.add(`${file}:${line}: ${what}`)
  }
  const asked = tokens.map(({ meta }) => meta?.marpitParsedDirectives ?? {})
  const { meta: front = "" } = tokens.find(({ type }) => type === "front_matter") ?? {}
  const { global, local } = marp.customDirectives
  const read = yaml(front, [...Object.keys(global), ...Object.keys(local)])
  if (read) asked.push(read)
  else if (front.trim()) {
    try {
      load(front) // Marp drops without a word what it cannot read
    } catch ({ reason, mark }) {
      env.problems.add(`${file}:${(mark?.line ?? 0) + 2}: front matter: ${reason}`)
    }
  }
  for (const { theme } of asked) {
    if (!theme || marp.themeSet.has(theme)) continue
    const known = [...marp.themeSet.themes()].map(({ name }) => name)
    complain("theme", `there is no theme ${theme}; there are ${known.join(", ")}`)
  }
  const { minutes = 0, theme, size } = marp.lastGlobalDirectives
  if (!/^\d{1,4}(\.\d+)?$/.test(`${minutes}`)) {
    complain("minutes", `minutes are a number such as 2 or 1.5, not ${minutes}`)
  }
  for (const [name, value] of Object.entries({ theme, size })) {
    const { [name]: first, file: where = file } = env.deck.first ?? {}
    if (env.deck.first && value && value !== first) {
      const deck = `a deck of ${name} ${first ?? "as it comes"} (${where})`
      complain(name, `${name} ${value} in ${deck}: a page has one`)
    }
  }
  env.deck.first ??= { file, theme, size }
  return Number(minutes)
}
