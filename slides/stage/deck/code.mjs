/** Fences: their sources as they are now, and the steps in which code is walked. */

import { guard, Problem } from "./problems.mjs"

// Both leave every colour of the code a contrast of 4.5:1.
const VEIL = "color-mix(in srgb, var(--panel) 18%, #0000)"
const LIT = "color-mix(in srgb, var(--asyncio) 20%, #0000)"
// What a fence names, as fences.py has it.
const SOURCE =
  / ([\p{L}\p{N}_./-]+\.py::[\p{L}\p{N}_.]+|[\p{L}\p{N}_./-]+\.cast(?: [^{}*]*\*[^{}*]*)?|recordings\/)(?= |$)/u
const STEPS = /^\S+\s+\{((?:[\d\s,|-]|all)+)\}/ // of a fence's opening line

/** Return the lines of a step as [first, last], in order: of "3", "3-5" or "1,3-5"; of
 * "all" there are none, as none stands out. */
function litLines(step, count) {
  if (step === "all") return []
  const lines = step.split(",").map((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? []
    if (!(1 <= +first && +first <= +last && +last <= count)) {
      throw new Problem(
        `step "${step}": name lines from 1 to ${count} as 3, 3-5 or 1,3-5, or all`,
      )
    }
    return [+first, +last]
  })
  return lines.sort(([a], [b]) => a - b)
}

/** Return CSS backgrounds: the light behind some lines, and the veil over the others. */
function backgrounds(lines) {
  const paint = (lit, other) => {
    const stops = lines.map(
      ([first, last]) => `${other} 0 ${first - 1}lh, ${lit} 0 ${last}lh`,
    )
    return `linear-gradient(${stops.join(", ")}, ${other} 0)`
  }
  return `--lit: ${paint(LIT, "#0000")}; --veil: ${paint("#0000", VEIL)}`
}

export function stepThroughCode(md) {
  const { fence } = md.renderer.rules
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const { sources } = env.deck.order
    const [, source] = SOURCE.exec(token.info.trim().replace(/\s+/g, " ")) ?? []
    if (source in sources) token.content = sources[source]
    const html = fence(tokens, index, options, env, self)
    const [, steps] = STEPS.exec(token.info) ?? []
    if (steps === undefined) return html
    return guard(env, token, () => {
      const count = token.content.trimEnd().split("\n").length
      const turns = steps.split("|").map((step) => litLines(step.trim(), count))
      const isAll = (lines) => lines.length === 0
      // Walking begins with all lit, whether it is written or not.
      const walked = isAll(turns[0]) ? turns.slice(1) : turns
      const fragment = turns.length > 1 ? " data-marpit-fragment" : ""
      env.steps += fragment ? walked.length : 0
      const spans = walked.map((lines) => {
        const style = isAll(lines) ? "" : ` style="${backgrounds(lines)}"`
        return `<span class="step"${fragment}${style}></span>`
      })
      return html.replace(/<code[^>]*>/, (code) => code + spans.join(""))
    })
  }
}
