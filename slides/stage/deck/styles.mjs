/** The styles of a section hold for its slides alone. */

import postcss from "postcss"
import { guard, Problem } from "./problems.mjs"

/** Return CSS as a tree, or throw what is wrong with it. */
export function parse(css) {
  try {
    return postcss.parse(css)
  } catch ({ reason }) {
    throw new Problem(`this style is no CSS: ${reason}`)
  }
}

/** Let the animations of styles have names that no others have. */
export function renameKeyframes(root, suffix) {
  const names = new Set()
  root.walkAtRules(/keyframes$/, ({ params }) => {
    if (!params.startsWith("marp-")) names.add(params) // those are of transitions
  })
  const renamed = (text) =>
    text.replace(/[\w-]+/g, (word) => (names.has(word) ? `${word}-${suffix}` : word))
  root.walkAtRules(/keyframes$/, (rule) => (rule.params = renamed(rule.params)))
  root.walkDecls(/animation(-name)?$/, (each) => (each.value = renamed(each.value)))
}

/** Return the styles of a section, changed so that they hold for its slides alone. */
function inSection(styles, number) {
  const root = parse(styles.join("\n"))
  renameKeyframes(root, number)
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
