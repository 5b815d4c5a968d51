/** Formulas, which MathJax draws; and what nobody draws here: it stays as it is written. */

import { lineOf } from "./problems.mjs"

const KINDS = ["marp_math_inline", "marp_math_block"]

/** Return whether there are formulas among the tokens of a section. */
export const areIn = (tokens) =>
  tokens.some(({ type, children }) => KINDS.includes(type) || (children && areIn(children)))

/** Note, once a section, what is not drawn: formulas that are for KaTeX, whose letters
 * come from elsewhere, and diagrams that are for mermaid. */
export function nameUndrawn(tokens, env) {
  const note = (line, what) => env.undrawn.add(`${env.file}:${line}: ${what}`)
  const inner = tokens.flatMap(({ children }) => children ?? [])
  const formula = [...tokens, ...inner].find(({ type }) => KINDS.includes(type))
  if (env.isKatex && formula) {
    note(lineOf(formula), "formulas for KaTeX are not drawn: leave math: katex out")
  }
  const diagram = tokens.find(({ type, info }) => type === "fence" && /^\s*mermaid\b/i.test(info))
  if (diagram) {
    note(lineOf(diagram), "diagrams for mermaid are not drawn: show one as an SVG picture")
  }
}

/** Let formulas for KaTeX be shown as they are written. */
export function keepUndrawn(md) {
  for (const kind of KINDS) {
    const draw = md.renderer.rules[kind]
    md.renderer.rules[kind] = (tokens, index, options, env, self) => {
      if (!env.isKatex) return draw(tokens, index, options, env, self)
      const { block, content, markup } = tokens[index]
      const begin = block ? `${markup}\n` : markup
      const text = md.utils.escapeHtml(begin + content + markup)
      return block ? `<p>${text}</p>` : text
    }
  }
}
