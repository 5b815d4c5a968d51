/**
 * The Marp engine of this deck: marp --engine stage/deck/engine.mjs, run in the folder
 * that holds the deck and its pictures. Three things plain Marp lacks:
 *
 * - a local .svg picture becomes part of the page: its text takes the page's fonts,
 *   its colours follow the theme. One whose alt text is a demo's command is marked
 *   as that demo's terminal.
 * - ```python {1|3-5|all} walks through code: each "next" lights the next lines.
 * - `colorScheme: light` in the front matter (see theme.css).
 *
 * What the slides hold is written to the file that $DECK_JSON names.
 */

import { readFileSync, writeFileSync } from "node:fs"
import { basename, isAbsolute, relative, resolve } from "node:path"

const VEIL = "color-mix(in srgb, var(--panel) 65%, #0000)"

/** Return the text of an SVG file inside the current folder, from its root on. */
function readPicture(source) {
  const path = resolve(decodeURI(source))
  const inside = relative(".", path)
  if (inside.startsWith("..") || isAbsolute(inside)) {
    throw new Error(`picture ${source} is outside the deck's folder`)
  }
  let text
  try {
    text = readFileSync(path, "utf8")
  } catch {
    throw new Error(`picture ${source} cannot be read`)
  }
  const root = text.search(/<svg[\s>]/)
  if (root < 0) throw new Error(`picture ${source} holds no <svg>`)
  return text.slice(root)
}

/** Keep the ids and the styles of an SVG to itself, as a page holds many. */
function isolate(svg, name) {
  return svg
    .replace(/(\sid="|url\(#|href="#)/g, `$1${name}-`)
    .replace(/(<style[^>]*>)([^]*?)(<\/style>)/g, `$1#${name} {$2}$3`)
}

function inlinePictures(md) {
  const { escapeHtml } = md.utils
  const { image } = md.renderer.rules
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index]
    const source = token.attrGet("src")
    const background = token.hidden
    if (background || /^[\w+.-]+:|^\/\//.test(source) || !source.endsWith(".svg")) {
      return image(tokens, index, options, env, self)
    }
    env.pictures = (env.pictures ?? 0) + 1
    const name = `picture-${env.pictures}`
    const label = self.renderInlineAsText(token.children, options, env)
    const attributes = { id: name, role: "img", "aria-label": label }
    if (label.startsWith("invoke demo.")) {
      attributes.class = "terminal"
      attributes["data-slug"] = basename(source, ".svg")
    }
    if (token.attrGet("style")) attributes.style = token.attrGet("style")
    const written = Object.entries(attributes)
      .map(([key, value]) => ` ${key}="${escapeHtml(value)}"`)
      .join("")
    return isolate(readPicture(source), name).replace("<svg", () => `<svg${written}`)
  }
}

/** Return the lit lines of a step as [first, last]: "3", "3-5", "1,3-5" or "all". */
function litLines(step, count, fence) {
  if (step === "all") return [[1, count]]
  return step.split(",").map((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? []
    if (!(1 <= +first && +first <= +last && +last <= count)) {
      throw new Error(
        `step "${step}" of the fence "${fence}": ` +
          `name lines from 1 to ${count} as 3, 3-5 or 1,3-5, or all`,
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

function stepThroughCode(md) {
  const { fence } = md.renderer.rules
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const html = fence(tokens, index, ...rest)
    const { info, content } = tokens[index]
    const [, steps] = /^\S+\s+\{(.*?)\}/.exec(info) ?? []
    if (steps === undefined) return html
    const count = content.trimEnd().split("\n").length
    const veils = steps.split("|").map((step, turn) => {
      const fragment = turn ? " data-marpit-fragment" : ""
      const lit = litLines(step.trim(), count, info.trim())
      return `<span class="step"${fragment} style="--veil: ${veil(lit)}"></span>`
    })
    return html.replace(/<code[^>]*>/, (code) => code + veils.join(""))
  }
}

function chooseColorScheme(md) {
  md.marpit.customDirectives.global.colorScheme = (scheme) => {
    if (scheme !== "dark" && scheme !== "light") {
      throw new Error(`colorScheme is dark or light, not "${scheme}"`)
    }
    return { colorScheme: scheme }
  }
  md.core.ruler.after("marpit_directives_apply", "color_scheme", ({ tokens }) => {
    for (const token of tokens) {
      const scheme = token.meta?.marpitDirectives?.colorScheme
      if (scheme) token.attrSet("data-color-scheme", scheme)
    }
  })
}

/** Return what the show must know of each slide, as JSON: its steps, and its demo. */
function describe(html) {
  const slides = html.split("<svg data-marpit-svg").slice(1)
  return JSON.stringify({
    slides: slides.map((slide) => ({
      steps: slide.split(" data-marpit-fragment").length - 1,
      demo: /class="terminal" data-slug="([^"]*)"/.exec(slide)?.[1] ?? null,
    })),
  })
}

export default (options) => {
  options.emoji = { shortcode: false, unicode: false }
  options.math = false
  const marp = options.marp
    .use(inlinePictures)
    .use(stepThroughCode)
    .use(chooseColorScheme)
  const render = marp.render.bind(marp)
  marp.render = (...deck) => {
    const made = render(...deck)
    if (process.env.DECK_JSON) writeFileSync(process.env.DECK_JSON, describe(made.html))
    return made
  }
  return marp
}
