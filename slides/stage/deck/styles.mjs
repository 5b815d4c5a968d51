/** The styles of a section hold for its slides alone. */

import postcss from "postcss"
import { guard, Problem } from "./problems.mjs"

function parse(css) {
  try {
    return postcss.parse(css)
  } catch ({ reason }) {
    throw new Problem(`this style is no CSS: ${reason}`)
  }
}

/** Return the styles of a section, changed so that they hold for its slides alone. */
function inSection(styles, number) {
  const root = parse(styles.join("\n"))
  const names = new Set()
  root.walkAtRules(/keyframes$/, ({ params }) => {
    if (!params.startsWith("marp-")) names.add(params) // those are of transitions
  })
  const renamed = (text) =>
    text.replace(/[\w-]+/g, (word) => (names.has(word) ? `${word}-${number}` : word))
  root.walkAtRules(/keyframes$/, (rule) => (rule.params = renamed(rule.params)))
  root.walkDecls(/animation(-name)?$/, (each) => (each.value = renamed(each.value)))
  root.walkRules((rule) => {
    if (rule.parent.type === "rule" || /keyframes$/.test(rule.parent.name)) return
    rule.selectors = rule.selectors.map((selector) => {
      const rest = /^(?:section|:root)(?![\w-])(.*)$/s.exec(selector)?.[1]
      return `section:where([data-section="${number}"])${rest ?? ` ${selector}`}`
    })
  })
  return root.toString()
}

/** Return the styles of a section; name those that are no CSS. */
export function readStyles(marp, tokens, number, env) {
  for (const token of tokens.filter(({ type }) => type === "marpit_style")) {
    guard(env, token, () => parse(token.content))
  }
  if (env.problems.size) return ""
  const front = tokens.find(({ type }) => type === "front_matter")
  const place = { map: [1 + styleLine(front)] }
  return guard(env, place, () => inSection(marp.lastStyles, number))
}

/** The line of the front matter, from 0, that gives a style. */
const styleLine = (front) =>
  Math.max(0, (front?.meta ?? "").split("\n").findIndex((line) => /^style\s*:/.test(line)))
