/** Fences: their sources as they are now, and the steps in which code is walked. */

import { guard, Problem } from "./problems.mjs"

const VEIL = "color-mix(in srgb, var(--panel) 65%, #0000)"
const STEPS = /^\S+\s+\{((?:[\d\s,|-]|all)+)\}/ // of a fence's opening line

/** Return the lit lines of a step as [first, last]: "3", "3-5", "1,3-5" or "all". */
function litLines(step, count) {
  if (step === "all") return [[1, count]]
  return step.split(",").map((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? []
    if (!(1 <= +first && +first <= +last && +last <= count)) {
      throw new Problem(
        `step "${step}": name lines from 1 to ${count} as 3, 3-5 or 1,3-5, or all`,
      )
    }
    return [+first, +last]
  })
}

/** Return the veil over all lines but the lit ones, as a CSS background. */
function veil(lit) {
  const stops = lit
    .sort(([a], [b]) => a - b)
    .map(([first, last]) => `${VEIL} 0 ${first - 1}lh, #0000 0 ${last}lh`)
  return `linear-gradient(${stops.join(", ")}, ${VEIL} 0)`
}

export function stepThroughCode(md) {
  const { fence } = md.renderer.rules
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const { sources } = env.deck.order
    const source = token.info.split(/\s+/).find((word) => Object.hasOwn(sources, word))
    if (source) token.content = sources[source]
    const html = fence(tokens, index, options, env, self)
    const [, steps] = STEPS.exec(token.info) ?? []
    if (steps === undefined) return html
    return guard(env, token, () => {
      const count = token.content.trimEnd().split("\n").length
      env.steps += steps.split("|").length - 1
      const veils = steps.split("|").map((step, turn) => {
        const fragment = turn ? " data-marpit-fragment" : ""
        const lit = litLines(step.trim(), count)
        return `<span class="step"${fragment} style="--veil: ${veil(lit)}"></span>`
      })
      return html.replace(/<code[^>]*>/, (code) => code + veils.join(""))
    })
  }
}
