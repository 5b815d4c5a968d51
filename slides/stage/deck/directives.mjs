/** What a section asks for of the whole page: theme, size, minutes, language, address. */

import { yaml } from "@marp-team/marpit/lib/markdown/directives/yaml.js"
import { lineOf } from "./problems.mjs"

/** Return the minutes of a section, its title if it names one, and its language, or that
 * of the first; note what it asks for that is not sound. */
export function readDirectives(marp, file, tokens, env) {
  const { meta: front = "" } = tokens.find(({ type }) => type === "front_matter") ?? {}
  const comments = tokens.filter(({ meta }) => meta?.marpitParsedDirectives)
  const asked = comments.map(({ meta }) => meta.marpitParsedDirectives)
  const complain = (line, what) => env.problems.add(`${file}:${line}: ${what}`)
  const lineWith = (name) => {
    const pattern = new RegExp(`^["']?${name}["']?\\s*:`)
    const inFront = front.split("\n").findIndex((line) => pattern.test(line))
    return inFront < 0
      ? lineOf(comments.find(({ meta }) => name in meta.marpitParsedDirectives) ?? {})
      : inFront + 2
  }

  const { global, local } = marp.customDirectives
  const read = (text) => yaml(text, [...Object.keys(global), ...Object.keys(local)])
  if (read(front)) asked.push(read(front))
  else if (/^["']?\w+["']?\s*:/m.test(front)) {
    const lines = front.split("\n") // Marp drops without a word what it cannot read
    const sound = lines.findLastIndex((_, at) => read(lines.slice(0, at + 1).join("\n")))
    complain(sound + 3, "Marp cannot read the front matter from here on")
  }

  const { themeSet } = marp
  for (const { theme } of asked) {
    if (!theme || themeSet.has(theme)) continue
    const known = [...themeSet.themes()].map(({ name }) => name)
    const what = `there is no theme ${theme}; there are ${known.join(", ")}`
    complain(lineWith("theme"), what)
  }
  const { minutes, theme, size, math } = marp.lastGlobalDirectives
  if (minutes && !/^\d{1,4}(\.\d+)?$/.test(minutes)) {
    const what = `minutes are a number such as 2 or 1.5, not ${minutes}`
    complain(lineWith("minutes"), what)
  }
  const used = theme ?? env.deck.first?.theme ?? themeSet.default?.name
  const [width, height] = ["widthPixel", "heightPixel"].map((side) =>
    themeSet.getThemeProp(used, side),
  )
  const { first } = env.deck
  if (theme && first && theme !== first.theme) {
    const deck = `a deck of theme ${first.theme} (${first.file})`
    complain(lineWith("theme"), `theme ${theme} in ${deck}: a page has one`)
  } else if (size && first && (width !== first.width || height !== first.height)) {
    const deck = `a deck of ${first.width} × ${first.height} px (${first.file})`
    complain(lineWith("size"), `size ${size} in ${deck}: a page has one`)
  }
  env.isKatex = math === "katex"
  if (!first) env.deck.url = marp.lastGlobalDirectives.marpCLIURL ?? ""
  const { lang, marpCLITitle: title } = marp.lastGlobalDirectives
  env.deck.first ??= { file, theme: used, width, height, lang }
  return { minutes: Number(minutes || 0), title, lang: lang ?? env.deck.first.lang }
}
